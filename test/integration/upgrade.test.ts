/**
 * An environment that the constructs of commit 352f0b5 made, taken over by those of today: nothing is destroyed, secrets
 * stay, and so do the users that are leased.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { engineOf } from '@portcullis/constructs';
import { Client } from 'pg';
import { redisCommand } from '../../cli/src/local/servers/redis';
import { useVaultDeployment } from './vault-deployment';

const deployment = useVaultDeployment();
const EARLIER = join(__dirname, '../support/upgrade/vault-local-352f0b5.json');
const CONFIG = {
  ...{ oauth_client_secret: 'a', jwt_signing_key: 'b'.repeat(32), encryption_key: 'c'.repeat(32) },
  ...{ db_host: 'd', db_port: '1' },
};

interface Synthesized {
  readonly terraform: { encryption?: unknown };
  readonly variable: Record<string, unknown>;
}

/** What was synthesized then, for the servers of this test. */
async function deployEarlier(): Promise<void> {
  const { output, stateFile, databaseUrl, redis, bootstrap } = deployment();
  const folder = join(output, 'stacks/vault-local');
  await mkdir(folder, { recursive: true });
  const synthesized = JSON.parse(await readFile(EARLIER, 'utf8')) as Synthesized;
  // Made for OpenTofu: Terraform encrypts nothing.
  if (engineOf(deployment().engine) === 'terraform') {
    delete synthesized.terraform.encryption;
    delete synthesized.variable.state_passphrase;
  }
  await writeFile(
    join(folder, 'cdk.tf.json'),
    JSON.stringify(synthesized)
      .replaceAll('127.0.0.1:5432/', `127.0.0.1:${new URL(databaseUrl).port}/`)
      .replaceAll('6379', String(redis.port))
      .replace('.portcullis/state/vault-local.tfstate', stateFile),
  );
  for (const args of [['init'], ['apply', '-auto-approve']]) {
    const { code, output: said } = await deployment().engineRun([...args, '-input=false', '-no-color'], {
      TF_VAR_fintech_api_config: JSON.stringify(CONFIG),
      TF_VAR_postgres_admin_password: bootstrap.postgres,
      TF_VAR_redis_bootstrap_password: bootstrap.redis,
    });
    if (code !== 0) throw new Error(said);
  }
}

interface User {
  readonly username: string;
  readonly password: string;
}

const lease = async (role: string): Promise<User> =>
  (await deployment().admin.read(`database/creds/${role}`)).data as unknown as User;

async function signInToPostgres({ username, password }: User): Promise<void> {
  const { hostname, port } = new URL(deployment().databaseUrl);
  const client = new Client({
    host: hostname,
    port: Number(port),
    database: 'fintech',
    user: username,
    password,
  });
  await client.connect();
  await client.end();
}

const signInToRedis = ({ username, password }: User): Promise<unknown> => {
  const { host, port } = deployment().redis;
  return redisCommand(`redis://${username}:${password}@${host}:${port}`, ['PING']);
};

/** Vault's own user. */
async function userOf(connection: string): Promise<unknown> {
  const { data } = await deployment().admin.read(`database/config/${connection}`);
  return (data?.connection_details as { username: string }).username;
}

const planFile = (): string => join(deployment().folder, 'upgrade.json');

/**
 * Addresses of what the plan destroys, without records of writes, which are nothing in Vault. The stack of then had a role
 * that the one of today has not.
 */
async function destroyed(): Promise<string[]> {
  const { stacks } = JSON.parse(await readFile(planFile(), 'utf8')) as {
    stacks: { changes: { action: string; address: string }[] }[];
  };
  return stacks.flatMap(({ changes }) =>
    changes.flatMap(({ action, address }) =>
      /^(delete|replace)$/.test(action) && !address.startsWith('vault_generic_endpoint.') ? [address] : [],
    ),
  );
}

const kept = async () => {
  const { admin } = deployment();
  return {
    config: (await admin.read('secret/data/fintech-api/config')).data?.data,
    limits: (await admin.read('secret/data/fintech-api/limits')).data?.data,
    roleId: (await admin.read('auth/approle/role/fintech-api/role-id')).data?.role_id,
    postgres: await userOf('postgres'),
    redis: await userOf('redis'),
  };
};

test('an upgrade moves what is there to its new address, and destroys nothing', async () => {
  await deployEarlier();
  await deployment().admin.write('secret/data/fintech-api/limits', { data: { acme: '100/1m' } });
  const users = { postgres: await lease('fintech-api-role'), redis: await lease('redis-role') };
  const before = await kept();
  expect(before.config).toEqual(CONFIG);

  const planned = await deployment().portcullis(['plan', 'vault-local', '--json', '--out', planFile()]);
  expect(planned.code).toBe(4); // the example itself changed what its roles may do
  expect(await destroyed()).toEqual([
    'vault_database_secret_backend_role.redis-acl-save_lease_role_F3D6D523',
  ]);

  // Asked for once more, and not written: the password has been dead since the first deploy.
  const upgraded = await deployment().deploy({ TF_VAR_postgres_admin_password: 'whatever' });
  expect([upgraded.code, upgraded.output]).toEqual([0, upgraded.output]);

  expect(await kept()).toEqual(before);
  await signInToPostgres(users.postgres);
  await signInToRedis(users.redis);
  await signInToPostgres(await lease('fintech-api-role'));
  await signInToRedis(await lease('redis-role'));
  const { output } = await deployment().engineRun(['plan', '-input=false', '-no-color']);
  expect(output).toContain('No changes.');
});
