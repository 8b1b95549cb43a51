/**
 * Names in an environment's Vault and in its database. The stacks create what they name; the app, the command and the
 * jobs ask for it. Nobody else types them.
 */
import type { Policy } from '@portcullis/runtime/policy';

/** PostgreSQL's group roles, as `example/database/1-roles.sql` creates them. */
export const GROUP_ROLES = {
  /** Holds the grants. Leased users are members of it, and leave it what they own. */
  app: 'fintech_app',
  /** Owns the tables. */
  owner: 'fintech_owner',
} as const;

/** Connections of the database engine. */
export const CONNECTIONS = { postgres: 'postgres', redis: 'redis' } as const;

/** Roles of the database engine that lease Redis users. */
export const REDIS_ROLES = {
  /** The app's: the limiter and the revocations. */
  app: 'redis-role',
  /** Support's: `portcullis limits`. */
  support: 'redis-support-role',
  /** Support's: adds revocations, and nothing else (`portcullis revoke`). */
  revoke: 'redis-revoke-role',
  /** The deploy's: may remove the server's users, and nothing else (`portcullis secrets sweep-redis`). */
  sweep: 'redis-sweep-role',
} as const;

/** Where engines are mounted: KV, version 2; databases; transit, for what logs call people. */
export const MOUNTS = { kv: 'secret', database: 'database', pseudonyms: 'pseudonyms' } as const;

/** The names that begin with the name of the policy. */
export function vaultNamesOf({ name }: Pick<Policy, 'name'>): VaultNames {
  return {
    serviceRole: name,
    databaseRole: `${name}-role`,
    supportPolicy: `${name}-support`,
    orchestratorPolicy: `${name}-orchestrator`,
    whoisPolicy: `${name}-whois`,
    pseudonymKey: name,
    entries: { config: `${name}/config`, limits: `${name}/limits`, scan: `${name}/scan` },
  };
}

export interface VaultNames {
  /** Role that the service logs in with, whatever the method: AppRole's, or AWS'. */
  readonly serviceRole: string;
  /** Role of the database engine that leases PostgreSQL users. */
  readonly databaseRole: string;
  /** Policy of people in support. */
  readonly supportPolicy: string;
  /** Policy of whoever starts the service, where that mints a secret ID for it. */
  readonly orchestratorPolicy: string;
  /** Policy of whoever may resolve pseudonyms of the log: `portcullis whois`. */
  readonly whoisPolicy: string;
  /** Key of the pseudonyms. */
  readonly pseudonymKey: string;
  /** Entries of the KV engine, below its mount. */
  readonly entries: {
    /** What the app has to know that is secret. */
    readonly config: string;
    /** Limits of single organisations: where `watchOverrides()` looks by default. */
    readonly limits: string;
    /** Clients of the scanner, and where alerts go. */
    readonly scan: string;
  };
}
