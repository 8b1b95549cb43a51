/**
 * Real OpenBao, PostgreSQL and Redis for one test file, with leases of seconds: each role is leased for as long as
 * the test says, under an AppRole that may do exactly what a service may.
 */
import { appRole, SecretsManager, type SecretsEvent, type SecretsManagerOptions } from '@portcullis/runtime';
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { policy } from '../../../../policy';
import { redisCommand } from '../../../../cli/src/local/servers/redis';
import type { OpenBaoServer } from '../../../../cli/src/local/servers/openbao';
import type { PostgresServer } from '../../../../cli/src/local/servers/postgres';
import type { RedisServer } from '../../../../cli/src/local/servers/redis';
import { VaultClient } from '../../../../cli/src/engines/vault-client';
import { useOpenBao, usePostgres, useRedis } from '../../../support/engines';

/** Keys and channels of the tests; blocked commands may be ended. */
const REDIS_RULES = [
  ...['~jobs:*', '~test:*', '&test:*', '+@all', '-@admin', '-@dangerous', '+acl|whoami'],
  ...['+info', '+client|unblock'],
];

export interface ShortLeases {
  readonly vault: OpenBaoServer;
  readonly admin: VaultClient;
  readonly postgres: PostgresServer;
  readonly redis: RedisServer;
  /** Roles `pg` and `cache` whose leases live that long. */
  leaseFor(seconds: number): Promise<void>;
  /** The users that Vault leased and PostgreSQL knows. */
  leasedUsers(): Promise<string[]>;
  /**
   * A service of its own; `rotateShare` of the leases' life is when they are replaced. It ends with the test that it was
   * connected in, however that ends: the next one, or its retry, finds nobody leasing. In `beforeAll`, it is the file's.
   */
  connect(options?: ConnectOptions): Promise<Service>;
}

export interface ConnectOptions extends SecretsManagerOptions {
  /** @default 50/60, as in production */
  readonly rotateShare?: number;
}

export interface Service {
  readonly secrets: SecretsManager;
  /** All that it told so far. */
  readonly events: SecretsEvent[];
}

/** Starts the servers before a file's tests and stops them after. */
export function useShortLeases(): () => ShortLeases {
  const vault = useOpenBao();
  const postgres = usePostgres();
  const redis = useRedis();
  let roleId: string;
  let secretId: string;
  const services: SecretsManager[] = [];
  beforeEach(() => {
    services.length = 0;
  });
  afterEach(async () => {
    await Promise.allSettled(services.splice(0).map((service) => service.close()));
  });
  const admin = (): VaultClient => new VaultClient(vault().address, vault().rootToken);

  beforeAll(async () => {
    await configureDatabases(admin(), postgres(), redis());
    await admin().write('sys/policies/acl/service', { policy: SERVICE_POLICY });
    await admin().write('sys/mounts/secret', { type: 'kv', options: { version: '2' } });
    await admin().write('sys/auth/approle', { type: 'approle' });
    await admin().write('auth/approle/role/service', { token_policies: ['service'], token_period: '1h' });
    const { data: role } = await admin().read('auth/approle/role/service/role-id');
    const { data: secret } = await admin().write('auth/approle/role/service/secret-id');
    roleId = role?.role_id as string;
    secretId = secret?.secret_id as string;
  });

  return () => ({
    vault: vault(),
    admin: admin(),
    postgres: postgres(),
    redis: redis(),
    leaseFor: async (seconds) => {
      await writeRole(admin(), 'pg', 'postgres', seconds, [
        `CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';`,
      ]);
      await writeRole(admin(), 'cache', 'redis', seconds, [JSON.stringify(REDIS_RULES)]);
    },
    leasedUsers: async () => {
      const client = new Client({ connectionString: postgres().adminUrl });
      await client.connect();
      try {
        const { rows } = await client.query<{ name: string }>(
          `select rolname as name from pg_roles where rolname like 'v-%'`,
        );
        return rows.map(({ name }) => name);
      } finally {
        await client.end();
      }
    },
    connect: async ({ rotateShare = 50 / 60, ...options } = {}) => {
      const events: SecretsEvent[] = [];
      const secrets = await SecretsManager.connect({
        address: vault().address,
        login: appRole({ roleId, secretId }),
        policy: {
          ...policy,
          lifetimes: { ...policy.lifetimes, credentialSeconds: 1, rotateAtSeconds: rotateShare },
        },
        onEvent: (event) => events.push(event),
        ...options,
      });
      services.push(secrets);
      return { secrets, events };
    },
  });
}

const SERVICE_POLICY = ['pg', 'cache']
  .map(
    (role) => `
      path "database/creds/${role}" { capabilities = ["read"] }
      path "sys/leases/revoke/database/creds/${role}/*" {
        capabilities = ["update"]
        denied_parameters = { "lease_id" = [] }
      }`,
  )
  .concat(
    // Mounts that tests make: of KV in a folder, and of its first version; a second database, certificates.
    ['secret/data/*', 'team/kv/data/*', 'old/*', 'reports/db/creds/pg'].map(
      (path) => `path "${path}" { capabilities = ["read"] }`,
    ),
    ['pki/issue/app', 'sys/leases/revoke/reports/db/creds/pg/*', 'sys/leases/revoke/pki/issue/app/*'].map(
      (path) => `path "${path}" { capabilities = ["update"] }`,
    ),
  )
  .join('\n');

async function configureDatabases(
  admin: VaultClient,
  postgres: PostgresServer,
  redis: RedisServer,
): Promise<void> {
  await admin.write('sys/mounts/database', { type: 'database' });
  const url = new URL(postgres.adminUrl);
  await admin.write('database/config/postgres', {
    plugin_name: 'postgresql-database-plugin',
    connection_url: `postgresql://{{username}}:{{password}}@${url.host}/postgres?sslmode=disable`,
    username: url.username,
    password: url.password,
    allowed_roles: '*',
  });
  const password = randomBytes(16).toString('hex');
  await redisCommand(redis.adminUrl, ['ACL', 'SETUSER', 'vault', 'on', `>${password}`, '~*', '&*', '+@all']);
  await redisCommand(redis.adminUrl, ['ACL', 'SAVE']);
  await admin.write('database/config/redis', {
    plugin_name: 'redis-database-plugin',
    host: redis.host,
    port: redis.port,
    username: 'vault',
    password,
    allowed_roles: '*',
  });
}

const writeRole = (
  admin: VaultClient,
  role: string,
  connection: string,
  seconds: number,
  statements: string[],
): Promise<unknown> =>
  admin.write(`database/roles/${role}`, {
    db_name: connection,
    creation_statements: statements,
    default_ttl: `${seconds}s`,
    max_ttl: `${seconds}s`,
  });
