/**
 * A bad day, in one test, on an environment that is deployed as a user does it: tokens that meet their maximum all
 * the time, Redis restarted with its users lost, the service restarted, the databases' connections redeployed. Nobody
 * lends a hand, and no query is lost.
 */
import {
  appRole,
  SecretsManager,
  type RotatingPool,
  type RotatingRedis,
  type SecretsEvent,
} from '@portcullis/runtime';
import { Client } from 'pg';
import { saveRedisUsers } from '../../../../cli/src/local/deploy';
import { redisCommand } from '../../../../cli/src/local/servers/redis';
import { until } from '../../../support/until';
import { policy } from '../../../../policy';
import { useVaultDeployment, type Outcome } from '../../vault-deployment';
import { underLoad } from './under-load';

// Bounds of real time on a machine that others use too: what is tried again says why it failed.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

const TOKEN = { token_ttl: '6s', token_max_ttl: '8s' };

const deployment = useVaultDeployment();
let login: { readonly roleId: string; readonly secretId: string };

beforeAll(async () => {
  const { admin, bootstrap, redis } = deployment();
  const config = ['oauth_client_secret', 'jwt_signing_key', 'encryption_key', 'db_host', 'db_port'];
  const { code, output } = await deployment().deploy({
    TF_VAR_fintech_api_config: JSON.stringify(
      Object.fromEntries(config.map((field) => [field, 'x'.repeat(32)])),
    ),
    TF_VAR_postgres_admin_password: bootstrap.postgres,
    TF_VAR_redis_bootstrap_password: bootstrap.redis,
  });
  if (code !== 0) throw new Error(output);
  await saveRedisUsers(admin, redis);

  // What the service may do, with tokens that end.
  await admin.write('auth/approle/role/ends', { token_policies: [policy.name], ...TOKEN });
  const { data: role } = await admin.read('auth/approle/role/ends/role-id');
  const { data: secret } = await admin.write('auth/approle/role/ends/secret-id');
  login = { roleId: role?.role_id as string, secretId: secret?.secret_id as string };
});

interface Service {
  readonly secrets: SecretsManager;
  readonly events: readonly SecretsEvent[];
  readonly pool: RotatingPool;
  readonly redis: RotatingRedis;
}

/** Every one of a test, to be closed after it, come what may. */
const services: Service[] = [];
afterEach(() => Promise.all(services.splice(0).map(({ secrets }) => secrets.close())));

async function startService(): Promise<Service> {
  const events: SecretsEvent[] = [];
  const secrets = await SecretsManager.connect({
    address: deployment().vault.address,
    policy,
    login: appRole(login),
    onEvent: (event) => events.push(event),
  });
  const { hostname: host, port } = new URL(deployment().databaseUrl);
  const pool = secrets.postgresPool(`${policy.name}-role`, { host, port: Number(port), database: 'fintech' });
  const redis = secrets.redisClient('redis-role', deployment().redis);
  const service = { secrets, events, pool, redis };
  services.push(service);
  return service;
}

/** By the other name of their host, so that there is something to change, however often the test is tried. */
let host = '127.0.0.1';
function redeploy(): Promise<Outcome> {
  host = host === 'localhost' ? '127.0.0.1' : 'localhost';
  return deployment().deploy({
    PORTCULLIS_DATABASE_URL: `postgres://${host}:${new URL(deployment().databaseUrl).port}/fintech`,
    PORTCULLIS_REDIS_URL: `redis://${host}:${deployment().redis.port}`,
  });
}

/** Of the users that were leased for a service, those that the databases still know. */
async function leftUsers(): Promise<string[]> {
  const events = services.flatMap((service) => service.events);
  const leased = events.flatMap((event) => (event.type === 'credential_rotated' ? [event.user] : []));
  expect(leased.length).toBeGreaterThan(10);
  const client = new Client({ connectionString: deployment().databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ user: string }>('select rolname as user from pg_roles');
  await client.end();
  const users = (await redisCommand(deployment().redis.adminUrl, ['ACL', 'USERS'])) as string[];
  return [...rows.map(({ user }) => user), ...users].filter((user) => leased.includes(user));
}

test('tokens past their maximum, Redis and the service restarted, the connections redeployed: no query is lost', async () => {
  let service = await startService();
  const queries = Array.from({ length: 20 }, (_, index) => async () => {
    await service.pool.query('select pg_sleep($1)', [index % 2 === 0 ? 0.5 : 0.01]);
  });
  const tokensReplaced = (count: number): Promise<void> => {
    const { events } = service;
    const before = events.length;
    return until(() => {
      const replaced = events.slice(before).filter(({ type }) => type === 'token_replaced');
      expect(replaced.length).toBeGreaterThanOrEqual(count);
    });
  };
  const failures = await underLoad(queries, async () => {
    await tokensReplaced(2);

    await deployment().redis.stop();
    // It starts while Redis is away, as an orchestrator would have it: the last one goes when both serve.
    const next = startService();
    await deployment().redis.restart();
    const before = service;
    service = await next;
    for (const { redis } of services) await redis.sendCommand(['TIME']);
    await before.secrets.close();
    await tokensReplaced(1);

    const { code, output } = await redeploy();
    expect(output).toMatch(/\b2 changed/);
    expect(code).toBe(0);
    await tokensReplaced(2);
    await service.redis.sendCommand(['TIME']);
  });

  expect(failures).toEqual([]);
  await until(() => expect(service.secrets.readiness()).toEqual({ ready: true, problems: [] }));
  await service.secrets.close();
  expect(await leftUsers()).toEqual([]);
});
