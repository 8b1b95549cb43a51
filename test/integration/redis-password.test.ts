/**
 * The password in the state of Redis' connection is dead, and stays dead: after a deploy only Vault knows the one
 * that works, through a restart of Redis and a change of the connection, neither of which may bring back the other.
 */
import { saveRedisUsers } from '../../cli/src/local/deploy';
import { redisCommand } from '../../cli/src/local/servers/redis';
import { until } from '../support/until';
import { useVaultDeployment, type Outcome } from './vault-deployment';

const deployment = useVaultDeployment();

let first: Outcome;
beforeAll(async () => {
  first = await deployment().deploy(variables());
  await saveRedisUsers(deployment().admin, deployment().redis);
});

const variables = (): NodeJS.ProcessEnv => ({
  TF_VAR_fintech_api_config: JSON.stringify({
    oauth_client_secret: 'a',
    jwt_signing_key: 'b'.repeat(32),
    encryption_key: 'c'.repeat(32),
    db_host: 'd',
    db_port: '1',
  }),
  TF_VAR_postgres_admin_password: deployment().bootstrap.postgres,
  TF_VAR_redis_bootstrap_password: deployment().bootstrap.redis,
});

/** Signs in as Vault's admin with the password that the state holds. */
const withPasswordOfState = (): Promise<unknown> => {
  const { redis, bootstrap } = deployment();
  return redisCommand(`redis://vault_admin:${bootstrap.redis}@${redis.host}:${redis.port}`, ['PING']);
};

/** Leases a user and works as it. The first requests after a restart of Redis may fail: Vault's connection broke. */
const leaseAndPing = (): Promise<unknown> =>
  until(async () => {
    const { data } = await deployment().admin.read('database/creds/redis-role');
    const { host, port } = deployment().redis;
    return redisCommand(`redis://${String(data?.username)}:${String(data?.password)}@${host}:${port}`, [
      'PING',
    ]);
  });

test('after the deploy the password of the state is refused, and Vault leases users', async () => {
  expect(first.output).toContain('Apply complete!');
  await expect(withPasswordOfState()).rejects.toThrow(/WRONGPASS/);
  expect(await leaseAndPing()).toBe('PONG');
});

test('a restart of Redis does not bring it back', async () => {
  await deployment().redis.restart();

  await expect(withPasswordOfState()).rejects.toThrow(/WRONGPASS/);
  expect(await leaseAndPing()).toBe('PONG');
});

test('a changed connection is updated without it', async () => {
  const { port } = deployment().redis;
  const outcome = await deployment().deploy({ PORTCULLIS_REDIS_URL: `redis://localhost:${port}` });
  expect(outcome.output).toMatch(/1 changed/);
  expect(outcome.code).toBe(0);
  const { data } = await deployment().admin.read('database/config/redis');
  expect(data?.connection_details).toMatchObject({ host: 'localhost' });

  await expect(withPasswordOfState()).rejects.toThrow(/WRONGPASS/);
  expect(await leaseAndPing()).toBe('PONG');
});
