/**
 * What the deployed policies, roles and statements really allow and do, asked of the real servers. `vault-local`
 * is deployed once; the tests then act as the service, and as whoever starts it.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { policy } from '../../policy';
import { redisCommand } from '../../cli/src/local/servers/redis';
import { mintWrappedLogin } from '../../cli/src/local/service';
import { VaultClient, type VaultAnswer } from '../../cli/src/engines/vault-client';
import { canary, useVaultDeployment } from './vault-deployment';

const deployment = useVaultDeployment();
const apiConfig = () => ({
  oauth_client_secret: canary(),
  jwt_signing_key: canary(),
  encryption_key: canary(),
  db_host: '127.0.0.1',
  db_port: '5432',
});

beforeAll(async () => {
  const { bootstrap } = deployment();
  const { code, output } = await deployment().deploy({
    TF_VAR_fintech_api_config: JSON.stringify(apiConfig()),
    TF_VAR_postgres_admin_password: bootstrap.postgres,
    TF_VAR_redis_bootstrap_password: bootstrap.redis,
  });
  if (code !== 0) throw new Error(output);
});

interface Lease {
  readonly lease_id: string;
  readonly data: { readonly username: string; readonly password: string };
}

/** A client that is logged in as the service is. */
async function service(): Promise<VaultClient> {
  const { admin, vault } = deployment();
  const { roleId, wrappedSecretId } = await mintWrappedLogin(admin, policy.name);
  const unwrapped = await new VaultClient(vault.address, wrappedSecretId).write('sys/wrapping/unwrap');
  const { auth } = await new VaultClient(vault.address).write('auth/approle/login', {
    role_id: roleId,
    secret_id: unwrapped.data?.secret_id,
  });
  return new VaultClient(vault.address, auth?.client_token);
}

const lease = (client: VaultClient, role: string): Promise<Lease> =>
  client.read(`database/creds/${role}`) as unknown as Promise<Lease>;

const isAlive = async ({ lease_id }: Lease): Promise<boolean> =>
  deployment()
    .admin.write('sys/leases/lookup', { lease_id })
    .then(
      () => true,
      () => false,
    );

async function postgres<T>({ data }: Lease, use: (client: Client) => Promise<T>): Promise<T> {
  const { hostname, port } = new URL(deployment().databaseUrl);
  const client = new Client({
    host: hostname,
    port: Number(port),
    database: 'fintech',
    user: data.username,
    password: data.password,
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function asSuperuser(sql: string, values: unknown[] = []): Promise<unknown[]> {
  const client = new Client({ connectionString: deployment().databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql, values);
    return rows;
  } finally {
    await client.end();
  }
}

describe('whoever starts the service', () => {
  const secretId = `auth/approle/role/${policy.name}/secret-id`;

  async function orchestrator(): Promise<VaultClient> {
    const { admin, vault } = deployment();
    const { auth } = await admin.write('auth/token/create', {
      policies: [`${policy.name}-orchestrator`],
      no_default_policy: true,
    });
    return new VaultClient(vault.address, auth?.client_token);
  }

  it.each([
    ['unwrapped', {}],
    ['wrapped for less than 30 seconds', { 'X-Vault-Wrap-TTL': '29s' }],
    ['wrapped for more than two minutes', { 'X-Vault-Wrap-TTL': '121s' }],
  ])('gets no secret ID %s', async (_how, headers: Record<string, string>) => {
    const client = await orchestrator();
    await expect(client.write(secretId, {}, headers)).rejects.toMatchObject({ status: 403 });
  });

  it('gets one wrapped for 30 to 120 seconds', async () => {
    const client = await orchestrator();
    await expect(client.write(secretId, {}, { 'X-Vault-Wrap-TTL': '30s' })).resolves.toMatchObject({
      wrap_info: { creation_path: secretId },
    });
  });

  it.each([
    ['more uses', { num_uses: 2 }],
    ['uses without end', { num_uses: 0 }],
    ['a longer life', { ttl: '24h' }],
    ['another address range', { cidr_list: ['0.0.0.0/0'] }],
  ])('gets none with %s than the role allows', async (_what, body) => {
    const client = await orchestrator();
    await expect(client.write(secretId, body, { 'X-Vault-Wrap-TTL': '60s' })).rejects.toThrow();
  });

  it('reads no secret and leases nothing', async () => {
    const client = await orchestrator();
    for (const path of ['secret/data/fintech-api/config', 'database/creds/fintech-api-role']) {
      await expect(client.read(path)).rejects.toMatchObject({ status: 403 });
    }
  });
});

describe('the service', () => {
  it('reads its own configuration, and no other', async () => {
    const client = await service();
    await expect(client.read('secret/data/fintech-api/config')).resolves.toHaveProperty(
      'data.data.jwt_signing_key',
    );
    for (const path of ['secret/data/other', 'secret/metadata/fintech-api/config', 'sys/mounts']) {
      await expect(client.read(path)).rejects.toMatchObject({ status: 403 });
    }
    await expect(client.write('secret/data/fintech-api/config', { data: {} })).rejects.toMatchObject({
      status: 403,
    });
  });

  it('ends its own lease by `PUT sys/leases/revoke/<lease id>`', async () => {
    const client = await service();
    const own = await lease(client, 'fintech-api-role');
    await client.write(`sys/leases/revoke/${own.lease_id}`, { sync: true });
    await expect(isAlive(own)).resolves.toBe(false);
  });

  it.each<[string, (own: string, other: string) => [path: string, body: Record<string, unknown>]]>([
    ["by the other lease's path", (_own, other) => [`sys/leases/revoke/${other}`, {}]],
    ['by the body alone', (_own, other) => ['sys/leases/revoke', { lease_id: other }]],
    ['by the body, under its own path', (own, other) => [`sys/leases/revoke/${own}`, { lease_id: other }]],
    ['by the body in capitals', (own, other) => [`sys/leases/revoke/${own}`, { LEASE_ID: other }]],
    [
      'by the name that the path is parsed to',
      (own, other) => [`sys/leases/revoke/${own}0`, { url_lease_id: other }],
    ],
    ['by a query', (own, other) => [`sys/leases/revoke/${own}0?lease_id=${other}`, {}]],
    [
      'by climbing out of its path',
      (_own, other) => [
        `sys/leases/revoke/database/creds/fintech-api-role/%2e%2e/${other.slice('database/creds/'.length)}`,
        {},
      ],
    ],
    ['by a prefix', () => ['sys/leases/revoke-prefix/database/creds', {}]],
    ['by force', () => ['sys/leases/revoke-force/database/creds', {}]],
  ])("cannot end the lease of another's role %s", async (_how, request) => {
    const client = await service();
    const own = await lease(client, 'fintech-api-role');
    const other = await lease(deployment().admin, 'redis-sweep-role');
    await client.write(...request(own.lease_id, other.lease_id)).catch(() => undefined);
    await expect(isAlive(other)).resolves.toBe(true);
  });
});

describe('a PostgreSQL user that was leased', () => {
  it('is an ordinary member of the group', async () => {
    const leased = await lease(await service(), 'fintech-api-role');
    const [user] = await postgres(leased, async (client) => {
      const { rows } = await client.query<Record<string, unknown>>(
        `select rolsuper, rolcreaterole, rolcreatedb, rolbypassrls,
                pg_has_role('fintech_app', 'member') as grants, pg_has_role('fintech_owner', 'member') as owner
           from pg_roles where rolname = current_user`,
      );
      return rows;
    });
    expect(user).toEqual({
      rolsuper: false,
      rolcreaterole: false,
      rolcreatedb: false,
      rolbypassrls: false,
      grants: true,
      owner: false,
    });
  });

  it('goes although it owns a table that its own open transaction has locked', async () => {
    await asSuperuser('grant create on schema fintech to fintech_app, fintech_owner');
    const client = await service();
    const leased = await lease(client, 'fintech-api-role');
    await postgres(leased, async (session) => {
      await session.query('create table left_behind (id int)');
      await session.query('begin');
      await session.query('lock table left_behind');
      await client.write(`sys/leases/revoke/${leased.lease_id}`, { sync: true });
      await expect(session.query('select 1')).rejects.toThrow();
    });
    await expect(
      asSuperuser('select rolname from pg_roles where rolname = $1', [leased.data.username]),
    ).resolves.toEqual([]);
    await expect(
      asSuperuser(`select tableowner from pg_tables where tablename = 'left_behind'`),
    ).resolves.toEqual([{ tableowner: 'fintech_app' }]);
  });

  it('is made by an admin who is no superuser', async () => {
    await expect(
      asSuperuser(`select rolsuper, rolcreaterole from pg_roles where rolname = 'vault_admin'`),
    ).resolves.toEqual([{ rolsuper: false, rolcreaterole: true }]);
  });
});

describe('a Redis user that was leased', () => {
  const as = async (role: string, command: string[]): Promise<unknown> => {
    const { redis, admin } = deployment();
    const { data } = await lease(admin, role);
    return redisCommand(`redis://${data.username}:${data.password}@${redis.host}:${redis.port}`, command);
  };
  const script = `redis.call('MGET', KEYS[1])
  redis.call('SET', KEYS[1], 'a', 'PX', 1000)
  redis.call('SETRANGE', KEYS[1], 0, 'b')
  redis.call('PTTL', KEYS[1])
  return redis.call('TIME')`;

  it.each([
    ['the limiter', ['EVAL', script, '1', 'portcullis:{limit}']],
    ['the loading of a script', ['SCRIPT', 'LOAD', script]],
    ['the revocation stream', ['XADD', 'portcullis:revoked', '*', 'jti', '1']],
    ['the look at the memory policy', ['INFO', 'memory']],
    ['a name for the connection', ['CLIENT', 'SETNAME', 'api']],
  ])('may run %s', async (_what, command) => {
    await expect(as('redis-role', command)).resolves.toBeDefined();
  });

  it.each([
    ['another key', ['SET', 'other', '1']],
    ['another key in a script', ['EVAL', `return redis.call('SET', KEYS[1], '1')`, '1', 'other']],
    ['a list of the keys', ['KEYS', '*']],
    ['a wipe', ['FLUSHALL']],
    ['the configuration', ['CONFIG', 'GET', 'masterauth']],
    ['the users', ['ACL', 'LIST']],
    ["other's connections", ['CLIENT', 'KILL', 'TYPE', 'normal']],
    ['another database', ['SELECT', '1']],
    ['a channel', ['PUBLISH', 'portcullis:x', '1']],
    ['a module', ['MODULE', 'LIST']],
  ])('may not touch %s', async (_what, command) => {
    await expect(as('redis-role', command)).rejects.toThrow(/NOPERM/);
  });

  it('may remove users with the role for that, and do nothing else with it', async () => {
    await expect(as('redis-sweep-role', ['ACL', 'DELUSER', 'nobody'])).resolves.toBe(0);
    for (const command of [
      ['ACL', 'SAVE'],
      ['ACL', 'SETUSER', 'nobody'],
      ['ACL', 'LIST'],
      ['GET', 'portcullis:a'],
      ['EVAL', 'return 1', '0'],
    ]) {
      await expect(as('redis-sweep-role', command)).rejects.toThrow(/NOPERM/);
    }
  });
});

describe('a raised version', () => {
  const file = (): string => join(deployment().output, 'stacks', 'vault-local', 'cdk.tf.json');
  let synthesized: string;
  let deployed = 1;
  beforeAll(async () => {
    synthesized = await readFile(file(), 'utf8');
  });

  /** What an environment file with that version would synthesize to. */
  async function setVersion(version: number): Promise<void> {
    const changed = synthesized
      .replaceAll(`"version": 1`, `"version": ${version}`)
      .replaceAll(`_wo_version": 1`, `_wo_version": ${version}`)
      .replaceAll('version 1', `version ${version}`);
    await writeFile(file(), changed);
  }
  const apply = (variables: NodeJS.ProcessEnv = {}) =>
    deployment().engineRun(['apply', '-input=false', '-auto-approve', '-no-color'], variables);

  it('asks for each value anew, and writes none of them without', async () => {
    await setVersion(deployed + 1);
    const { code, output } = await apply();
    expect(code).not.toBe(0);
    for (const name of ['fintech_api_config', 'postgres_admin_password', 'redis_bootstrap_password']) {
      expect(output.replaceAll(/\s+/g, ' ')).toContain(
        `no value for the secret ${name}, version ${deployed + 1}`,
      );
    }
    await expect(service()).resolves.toBeDefined();
    await expect(lease(deployment().admin, 'fintech-api-role')).resolves.toHaveProperty('lease_id');
    await expect(lease(deployment().admin, 'redis-role')).resolves.toHaveProperty('lease_id');
  });

  it('is forgotten when it is taken back after that', async () => {
    await setVersion(deployed + 1);
    expect((await apply()).code).not.toBe(0);
    await setVersion(deployed);
    const { output } = await apply();
    expect(output).toContain('No changes.');
  });

  it('writes the new values, and rotates both passwords away again', async () => {
    const { admin, redis } = deployment();
    const passwords = { postgres: canary(), redis: canary() };
    const config = apiConfig();
    await asSuperuser(`alter role vault_admin password '${passwords.postgres}'`);
    await redisCommand(redis.adminUrl, ['ACL', 'SETUSER', 'vault_admin', 'resetpass', `>${passwords.redis}`]);

    await setVersion(deployed + 1);
    const { code, output } = await apply({
      TF_VAR_fintech_api_config: JSON.stringify(config),
      TF_VAR_postgres_admin_password: passwords.postgres,
      TF_VAR_redis_bootstrap_password: passwords.redis,
    });
    expect(output).toContain('Apply complete!');
    expect(code).toBe(0);
    deployed += 1;

    await expect(admin.read('secret/data/fintech-api/config')).resolves.toMatchObject({
      data: { data: config },
    } satisfies VaultAnswer);
    await expect(
      redisCommand(`redis://vault_admin:${passwords.redis}@${redis.host}:${redis.port}`, ['PING']),
    ).rejects.toThrow(/WRONGPASS/);
    await expect(
      postgres({ lease_id: '', data: { username: 'vault_admin', password: passwords.postgres } }, () =>
        Promise.resolve(),
      ),
    ).rejects.toThrow(/password authentication failed/);
    for (const role of ['fintech-api-role', 'redis-role']) {
      await expect(lease(admin, role)).resolves.toHaveProperty('lease_id');
    }
  });
});
