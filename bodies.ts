/** What clients of the fintech API send: checked by the app and, where it says so, by the gateway before it. */
import { z } from 'zod';

export const newTransaction = z.strictObject({
  account: z.string().regex(/^acc-[0-9]{1,12}$/),
  amountCents: z.int().refine((amount) => amount !== 0, 'expected an amount other than zero'),
  currency: z.string().regex(/^[A-Z]{3}$/),
  description: z.string().min(1).max(140),
});

/** Bodies that the app insists on, as API Gateway reads schemas. */
export const bodies = {
  'POST /api/transactions': z.toJSONSchema(newTransaction, { target: 'draft-4', io: 'input' }),
};
