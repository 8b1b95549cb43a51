import { z } from 'zod';

/** Vault's KV entry `secret/fintech-api/config`. */
export const configSchema = z.object({
  oauth_client_secret: z.string().min(1),
  jwt_signing_key: z.string().min(32, 'expected at least 32 characters (256 bits for HS256)'),
  /** Seals the sessions of people who log in. */
  encryption_key: z.string().min(32),
  /** Opens them as well, while that key is replaced: first the next one, then the one before. */
  encryption_key_other: z.string().min(32).optional(),
  db_host: z.string().min(1),
  db_port: z.coerce.number().int().min(1).max(65_535),
});

export type Config = z.output<typeof configSchema>;
