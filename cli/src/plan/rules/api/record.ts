/** What an environment's state keeps of the API's policy. */
import { z } from 'zod';

export const recordSchema = z.object({
  name: z.string(),
  issuer: z.string(),
  audience: z.string(),
  tiers: z.record(z.string(), z.array(z.object({ limit: z.number(), windowSeconds: z.number() }))),
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
    }),
  ),
  lifetimes: z.record(z.string(), z.number()),
});

export type PolicyRecord = z.output<typeof recordSchema>;
export type Route = PolicyRecord['routes'][number];
