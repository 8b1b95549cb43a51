import type { ElastiCacheIam } from './elasticache-iam';
import type { Upstash } from './upstash';

/** A user that Vault leases from its database secrets engine: for a Redis that one runs oneself. */
export interface LeasedRedis {
  readonly kind: 'vault';
  /** As in `<mount>/creds/<role>`. */
  readonly role: string;
  /** @default SecretsManagerOptions.databaseMount */
  readonly mount?: string;
}

/** Where a Redis client's credentials come from. A string is the role of a {@link LeasedRedis}. */
export type RedisSource = string | LeasedRedis | ElastiCacheIam | Upstash;
