import { openApi } from '@portcullis/runtime/policy';
import { Router } from 'express';
import { z } from 'zod';
import { policy } from '../policy';
import { newTransaction } from '../bodies';
import { LINK_SECONDS } from './exports';
import { reportRequest } from './reports';
import { transactionsPage } from './transactions';

const page = z.toJSONSchema(transactionsPage, { io: 'input' }).properties as Record<
  string,
  Record<string, unknown>
>;

/** The OpenAPI document, made from the policy and from the schemas that check requests. */
export const openApiDocument = openApi(policy, {
  title: 'Fintech API',
  version: '1',
  operations: {
    'GET /healthz': { summary: 'Whether the process runs' },
    'GET /readyz': { summary: 'Whether it can serve' },
    'GET /openapi.json': { summary: 'This document' },
    'GET /api/me': { summary: 'Who is calling, and at which tier' },
    'GET /api/transactions': { summary: 'The latest bookings of an organisation', query: page },
    'POST /api/transactions': {
      summary: 'Book a transaction',
      body: z.toJSONSchema(newTransaction),
      success: [201, 'Booked'],
    },
    'POST /api/transactions/export': {
      summary: `Make a link to all bookings, good for ${LINK_SECONDS / 60} minutes`,
      success: [201, 'The link'],
    },
    'GET /api/exports/:link': { summary: 'All bookings as CSV' },
    'POST /api/reports/generate': {
      summary: 'Sum up a month',
      body: z.toJSONSchema(reportRequest),
      success: [201, 'The report'],
    },
  },
});

/** `GET /openapi.json`. */
export function openApiDescription(): Router {
  const router = Router();
  router.get('/openapi.json', (_req, res) => {
    res.json(openApiDocument);
  });
  return router;
}
