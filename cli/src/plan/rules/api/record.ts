/** What an environment's state keeps of the API's policy. */
import { z } from 'zod';

const limits = z.array(
  z.object({
    limit: z.number(),
    windowSeconds: z.number(),
    by: z
      .array(
        z.union([
          z.enum(['organisation', 'user', 'client', 'address']),
          z.object({ claim: z.string() }),
          z.object({ function: z.string() }),
        ]),
      )
      .optional(),
    shadow: z.literal(true).optional(),
  }),
);

export const recordSchema = z.object({
  name: z.string(),
  issuer: z.string(),
  audience: z.string(),
  tiers: z.record(z.string(), limits),
  defaultTier: z.string(),
  routes: z.array(
    z.object({
      method: z.string(),
      path: z.string(),
      scopes: z.array(z.string()),
      cost: z.number(),
      onStoreFailure: z.string(),
      sensitive: z.boolean(),
      public: z.boolean(),
      limits: limits.optional(),
      shadow: z.literal(true).optional(),
      // Missing in records of before it was in policies.
      limit: z.boolean().optional(),
    }),
  ),
  lifetimes: z.record(z.string(), z.number()),
  cors: z
    .object({
      origins: z.array(z.string()),
      headers: z.array(z.string()),
      credentials: z.boolean(),
      maxAgeSeconds: z.number(),
    })
    .optional(),
});

export type PolicyRecord = z.output<typeof recordSchema>;
export type Route = PolicyRecord['routes'][number];
