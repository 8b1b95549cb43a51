/** Connections that somebody deleted in Vault: a deploy makes them anew, and asks for what it needs by name. */
import { Client } from 'pg';
import { redisCommand } from '../../cli/src/local/servers/redis';
import { canary, useVaultDeployment } from './vault-deployment';

const deployment = useVaultDeployment();
const CONFIG = {
  TF_VAR_fintech_api_config: JSON.stringify({
    oauth_client_secret: 'a',
    jwt_signing_key: 'b'.repeat(32),
    encryption_key: 'c'.repeat(32),
    db_host: 'd',
    db_port: '1',
  }),
};

beforeAll(async () => {
  const { bootstrap } = deployment();
  const { code, output } = await deployment().deploy({
    ...CONFIG,
    TF_VAR_postgres_admin_password: bootstrap.postgres,
    TF_VAR_redis_bootstrap_password: bootstrap.redis,
  });
  if (code !== 0) throw new Error(output);
});

async function signInToPostgres(user: string, password: string): Promise<void> {
  const { hostname, port } = new URL(deployment().databaseUrl);
  const client = new Client({ host: hostname, port: Number(port), database: 'fintech', user, password });
  await client.connect();
  await client.end();
}

const signInToRedis = (user: string, password: string): Promise<unknown> => {
  const { host, port } = deployment().redis;
  return redisCommand(`redis://${user}:${password}@${host}:${port}`, ['PING']);
};

/** What an administrator does: the connections are gone, and Vault's user gets a password that somebody knows. */
async function deleteConnections(): Promise<{ postgres: string; redis: string }> {
  const { admin, redis, databaseUrl } = deployment();
  const passwords = { postgres: canary(), redis: canary() };
  for (const name of ['postgres', 'redis']) await admin.remove(`database/config/${name}`);
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(`alter role vault_admin password '${passwords.postgres}'`);
  await client.end();
  await redisCommand(redis.adminUrl, ['ACL', 'SETUSER', 'vault_admin', 'resetpass', `>${passwords.redis}`]);
  return passwords;
}

test('a deploy without the passwords names the variables, one with them rotates the passwords away', async () => {
  const passwords = await deleteConnections();

  const without = await deployment().deploy();
  const said = without.output.replaceAll(/\s+/g, ' ');
  for (const name of ['postgres_admin_password', 'redis_bootstrap_password']) {
    expect(said).toContain(`no value for the secret ${name}, version 1: set the environment variable`);
  }
  expect(said).not.toMatch(/SASL|WRONGPASS/);
  expect(without.code).not.toBe(0);

  const { code, output } = await deployment().deploy({
    TF_VAR_postgres_admin_password: passwords.postgres,
    TF_VAR_redis_bootstrap_password: passwords.redis,
  });
  expect(output).toContain('Apply complete!');
  expect(code).toBe(0);
  await expect(signInToPostgres('vault_admin', passwords.postgres)).rejects.toThrow(
    /password authentication failed/,
  );
  await expect(signInToRedis('vault_admin', passwords.redis)).rejects.toThrow(/WRONGPASS/);
  for (const [role, signIn] of [
    ['fintech-api-role', signInToPostgres],
    ['redis-role', signInToRedis],
  ] as const) {
    const { data } = await deployment().admin.read(`database/creds/${role}`);
    await signIn(String(data?.username), String(data?.password));
  }
});

test('the next deploy has nothing to do', async () => {
  const { output } = await deployment().engineRun(['plan', '-input=false', '-no-color']);
  expect(output).toContain('No changes.');
});
