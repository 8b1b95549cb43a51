import { z } from 'zod';
import { policy } from '../policy';
import { MOUNTS, vaultNamesOf } from '../vault-names';

/** Vault's KV entry that holds the configuration. */
export const CONFIG_PATH = `${MOUNTS.kv}/${vaultNamesOf(policy).entries.config}`;

/** What that entry holds. */
export const configSchema = z.object({
  oauth_client_secret: z.string().min(1),
  jwt_signing_key: z.string().min(32, 'expected at least 32 characters (256 bits for HS256)'),
  /** Seals the sessions of people who log in. */
  encryption_key: z.string().min(32),
  /** Opens sessions too while that key is being replaced: at first the next key, later the one before. */
  encryption_key_other: z.string().min(32).optional(),
  db_host: z.string().min(1),
  db_port: z.coerce.number().int().min(1).max(65_535),
});

export type Config = z.output<typeof configSchema>;
