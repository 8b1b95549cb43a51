import { Router } from 'express';
import { z } from 'zod';
import { newTransaction } from '../../bodies';
import type { Database } from '../database';
import { organisationOf } from '../organisation';

export const transactionsPage = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  before: z.coerce.number().int().min(1).optional(),
});

/** A booking as clients see it. Amounts are whole cents. */
const columns = `id::text, account, amount_cents::text as "amountCents", currency, description, created_at as "createdAt"`;

/** `GET` and `POST /api/transactions`: an organisation sees its own bookings only, and books for itself only. */
export function transactions(database: Database): Router {
  const router = Router();

  router.get('/api/transactions', async (req, res) => {
    const { limit, before = null } = transactionsPage.parse(req.query);
    const { rows } = await database.query(
      `select ${columns} from transactions
       where org_id = $1 and ($2::bigint is null or id < $2) order by id desc limit $3`,
      [organisationOf(req), before, limit],
    );
    res.json({ transactions: rows });
  });

  router.post('/api/transactions', async (req, res) => {
    const { account, amountCents, currency, description } = newTransaction.parse(req.body);
    const { rows } = await database.query(
      `insert into transactions (org_id, account, amount_cents, currency, description)
       values ($1, $2, $3, $4, $5) returning ${columns}`,
      [organisationOf(req), account, amountCents, currency, description],
    );
    res.status(201).json({ transaction: rows[0] });
  });

  return router;
}
