/** A destroy while users are leased: Vault removes them first, and nothing of the deployment is left. */
import { Client } from 'pg';
import { redisCommand } from '../../cli/src/local/servers/redis';
import { useVaultDeployment } from './vault-deployment';

const deployment = useVaultDeployment();

async function deploy(): Promise<void> {
  const { bootstrap } = deployment();
  const { code, output } = await deployment().deploy({
    TF_VAR_fintech_api_config: JSON.stringify({
      ...{ oauth_client_secret: 'a', jwt_signing_key: 'b'.repeat(32), encryption_key: 'c'.repeat(32) },
      ...{ db_host: 'd', db_port: '1' },
    }),
    TF_VAR_postgres_admin_password: bootstrap.postgres,
    TF_VAR_redis_bootstrap_password: bootstrap.redis,
  });
  if (code !== 0) throw new Error(output);
}

async function lease(role: string): Promise<string> {
  const { data } = await deployment().admin.read(`database/creds/${role}`);
  return String(data?.username);
}

async function postgresHas(user: string): Promise<boolean> {
  const client = new Client({ connectionString: deployment().databaseUrl });
  await client.connect();
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [user]);
  await client.end();
  return rowCount === 1;
}

const redisUsers = (): Promise<unknown> => redisCommand(deployment().redis.adminUrl, ['ACL', 'USERS']);

test('leases end with the roles, and then everything goes', async () => {
  await deploy();
  const users = { postgres: await lease('fintech-api-role'), redis: await lease('redis-role') };
  expect(await postgresHas(users.postgres)).toBe(true);
  expect(await redisUsers()).toContain(users.redis);

  const ended = await deployment().portcullis(['secrets', 'end-leases', 'database']);
  expect(ended.output).toMatch(/database: no lease is left; removed fintech-api-role, (.+, )?redis-role, /);
  expect(ended.code).toBe(0);
  expect(await postgresHas(users.postgres)).toBe(false);
  expect(await redisUsers()).not.toContain(users.redis);
  await expect(lease('fintech-api-role')).rejects.toThrow(/unknown role/);

  const { code, output } = await deployment().destroy();
  expect({ code, output }).toEqual({ code: 0, output });
  const { data } = await deployment().admin.read('sys/mounts');
  expect(Object.keys(data ?? {}).filter((path) => /^(database|secret)\//.test(path))).toEqual([]);
});

test('what is no mount of a database engine is refused', async () => {
  for (const mount of ['../sys', 'database/creds/*', '']) {
    const { code, output } = await deployment().portcullis(['secrets', 'end-leases', mount]);
    expect(output).toContain('name a database engine by its path');
    expect(code).toBe(1);
  }
});
