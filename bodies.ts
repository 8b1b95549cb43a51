/** What request bodies of the fintech API have to be. The app checks them, and so does a gateway of the kind `rest`. */
import { z } from 'zod';

export const newTransaction = z.strictObject({
  account: z.string().regex(/^acc-[0-9]{1,12}$/),
  amountCents: z
    .int()
    .refine((amount) => amount !== 0, 'expected an amount other than zero')
    .meta({ not: { enum: [0] } }),
  currency: z.string().regex(/^[A-Z]{3}$/),
  // Counted in characters, as JSON Schema counts, and without controls: PostgreSQL stores no U+0000.
  description: z
    .string()
    // eslint-disable-next-line no-control-regex -- controls are what it is about
    .regex(/^[^\u0000-\u001f\u007f]{1,140}$/u, 'expected 1 to 140 characters without control characters'),
});

/** The schemas that a gateway checks, in the version that API Gateway reads. */
export const bodies = {
  'POST /api/transactions': z.toJSONSchema(newTransaction, { target: 'draft-4', io: 'input' }),
};
