import { openApi } from '@portcullis/runtime/policy';
import { Router } from 'express';
import { z } from 'zod';
import { policy } from '../../policy';
import { newTransaction } from '../../bodies';
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
    'GET /readyz': { summary: 'Whether it can serve', refusals: { 503: 'It cannot' } },
    'GET /openapi.json': { summary: 'This document' },
    'GET /': { summary: 'The page for people' },
    'GET /page/:file': { summary: 'A file of the page', refusals: { 404: 'No such file' } },
    'GET /auth/login': {
      summary: 'Log in at the provider',
      query: { returnTo: { type: 'string' } },
      success: [303, 'To the provider'],
      refusals: { 429: 'Too many attempts', 503: 'The provider does not answer' },
    },
    // The provider's, not the client's.
    'GET /auth/callback': false,
    'POST /auth/backchannel-logout': false,
    'POST /auth/logout': {
      summary: 'Log out, here and at the provider',
      success: [303, 'To the provider, or to the start'],
      refusals: { 403: 'The request does not come from a page of this site' },
    },
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
    'GET /api/exports/:link': {
      summary: 'All bookings as CSV',
      refusals: { 404: "The link is not valid any more, or somebody else's" },
    },
    'POST /api/reports/generate': {
      summary: 'Sum up a month',
      body: z.toJSONSchema(reportRequest),
      bodyRequired: false,
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
