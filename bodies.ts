/** What request bodies of the fintech API have to be. The app checks them, and so does a gateway of the kind `rest`. */
import { z } from 'zod';

export const newTransaction = z.strictObject({
  account: z.string().regex(/^acc-[0-9]{1,12}$/),
  amountCents: z.int().refine((amount) => amount !== 0, 'expected an amount other than zero'),
  currency: z.string().regex(/^[A-Z]{3}$/),
  description: z.string().min(1).max(140),
});

/** The schemas that a gateway checks, in the version that API Gateway reads. */
export const bodies = {
  'POST /api/transactions': z.toJSONSchema(newTransaction, { target: 'draft-4', io: 'input' }),
};
