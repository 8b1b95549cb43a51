import { Router } from 'express';
import { z } from 'zod';
import type { Database } from '../database';
import { organisationOf } from '../organisation';

export const reportRequest = z.strictObject({
  /** The month to sum up. @default the present one, in UTC */
  month: z
    .string()
    .regex(/^[12]\d{3}-(0[1-9]|1[0-2])$/, 'expected a month such as 2026-11')
    .optional(),
});

/** `POST /api/reports/generate`: sums a month of bookings by account and keeps the result. */
export function reports(database: Database): Router {
  const router = Router();

  router.post('/api/reports/generate', async (req, res) => {
    const { month = new Date().toISOString().slice(0, 7) } = reportRequest.parse(req.body ?? {});
    const { rows } = await database.query(
      `with booked as (
         select account, currency, sum(amount_cents)::text as balance_cents, count(*) as bookings
         from transactions
         where org_id = $1 and created_at >= $2::date and created_at < $2::date + interval '1 month'
         group by account, currency
       )
       insert into reports (org_id, month, totals)
       select $1, $2::date, coalesce(jsonb_agg(to_jsonb(booked) order by account), '[]') from booked
       returning id, to_char(month, 'YYYY-MM') as month, totals, created_at as "createdAt"`,
      [organisationOf(req), `${month}-01`],
    );
    res.status(201).json({ report: rows[0] });
  });

  return router;
}
