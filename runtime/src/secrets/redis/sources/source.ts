import { SecretsError } from '../../errors';
import type { ElastiCacheIam } from './elasticache-iam';
import type { Upstash } from './upstash';

/** A user that Vault leases from its database secrets engine, for a Redis of your own. */
export interface LeasedRedis {
  readonly kind: 'vault';
  /** Name of the engine's role, as in `<mount>/creds/<role>`. */
  readonly role: string;
  /** Mount of the database secrets engine. @default `databaseMount` of the SecretsManager */
  readonly mount?: string;
}

/** Where a Redis client's credentials come from. A string is the role of a {@link LeasedRedis}. */
export type RedisSource = string | LeasedRedis | ElastiCacheIam | Upstash;

const KINDS = new Set<unknown>(['vault', 'elasticache-iam', 'upstash']);

/** @throws SecretsError `ERR_SECRETS_CONFIG` for what is none */
export function checkRedisSource(source: unknown): void {
  const kind = typeof source === 'object' && source !== null && (source as { readonly kind?: unknown }).kind;
  if (typeof source === 'string' || KINDS.has(kind)) return;
  throw new SecretsError(
    'ERR_SECRETS_CONFIG',
    "redisClient() expects a role's name, { kind: 'vault', role }, { kind: 'elasticache-iam', user, cache } or { kind: 'upstash', path }",
  );
}
