import { appRole, type RotatingPool, type SecretsEvent } from '@portcullis/runtime';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../../../support/until';
import { useRun } from '../../../support/engines';
import { useShortLeases, type Service } from './short-leases';
import { underLoad } from './under-load';

// Bounds of real time on a machine that others use too: what is tried again says why it failed.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

/** Tokens that live for seconds, on a real server; leases that would live for minutes, were it not for their token. */
const leases = useShortLeases();
const run = useRun();

beforeAll(() => leases().leaseFor(600));

/** An AppRole that may do what the service may, with tokens of its own kind. */
async function login(
  name: string,
  role: Record<string, unknown>,
): Promise<{ roleId: string; secretId: string }> {
  const { admin } = leases();
  await admin.write(`auth/approle/role/${name}`, { token_policies: ['service'], ...role });
  const { data: id } = await admin.read(`auth/approle/role/${name}/role-id`);
  const { data: secret } = await admin.write(`auth/approle/role/${name}/secret-id`);
  return { roleId: id?.role_id as string, secretId: secret?.secret_id as string };
}

function newPool({ secrets }: Service): RotatingPool {
  const { host, port } = leases().postgres;
  return secrets.postgresPool('pg', { host, port, database: 'postgres', max: 10 });
}

/** Twenty queries at a time; half of them take a while, so that each swap has some in flight. */
async function queriedWhile(
  pool: RotatingPool,
  during: () => Promise<void>,
): Promise<{ failures: unknown[]; users: Set<string> }> {
  const users = new Set<string>();
  const queries = Array.from({ length: 20 }, (_, index) => async (): Promise<void> => {
    const { rows } = await pool.query<{ user: string }>(
      `select current_user as user, pg_sleep(${index % 2 === 0 ? 0.5 : 0.01})`,
    );
    users.add(rows[0]!.user);
  });
  return { failures: await underLoad(queries, during), users };
}

const count = (events: readonly SecretsEvent[], type: SecretsEvent['type']): number =>
  events.filter((event) => event.type === type).length;

test('a token that meets its maximum is replaced, and all that was leased under it, without losing a query', async () => {
  const service = await leases().connect({
    login: appRole(await login('ends', { token_ttl: '4s', token_max_ttl: '6s' })),
  });
  const pool = newPool(service);
  await pool.query('select 1');
  const { failures, users } = await queriedWhile(pool, () =>
    until(() => expect(count(service.events, 'token_replaced')).toBeGreaterThanOrEqual(3)),
  );
  expect(failures).toEqual([]);
  expect(users.size).toBeGreaterThanOrEqual(3);
  expect(count(service.events, 'credential_expired')).toBe(0);
  expect(count(service.events, 'revocation_failed')).toBe(0);
  expect(service.secrets.status().leases[0]).toMatchObject({ nextAction: 'rotate' });
  await service.secrets.close();
  // What was being leased at that moment ends with its token, which Vault takes its time for.
  await until(async () => expect(await leases().leasedUsers()).toEqual([]));
});

test('a token with 8 s left: its leases are replaced in time', async () => {
  const service = await leases().connect({
    login: appRole(await login('eight', { token_ttl: '8s', token_max_ttl: '8s' })),
  });
  const pool = newPool(service);
  const before = (await pool.query<{ user: string }>('select current_user as user')).rows[0]!.user;
  expect(service.secrets.status().leases[0]!.deadlineInSeconds).toBeLessThanOrEqual(8);
  const { failures, users } = await queriedWhile(pool, () =>
    until(async () => expect(await leases().leasedUsers()).not.toContain(before)),
  );
  expect(failures).toEqual([]);
  expect(users.size).toBe(2);
  await service.secrets.close();
});

test('a token that is revoked behind our back is replaced, unattended, and so is what died with it', async () => {
  const service = await leases().connect();
  const pool = newPool(service);
  const before = (await pool.query<{ user: string }>('select current_user as user')).rows[0]!.user;
  await leases().admin.write('sys/leases/revoke-prefix/auth/approle/login');
  await until(async () => {
    const { rows } = await pool.query<{ user: string }>('select session_user as user');
    expect(rows[0]!.user).not.toBe(before);
  });
  expect(service.secrets.readiness().ready).toBe(true);
  await service.secrets.close();
  expect(await leases().leasedUsers()).toEqual([]);
});

test('a periodic token is renewed beyond any number of its periods', async () => {
  const service = await leases().connect({
    login: appRole(await login('periodic', { token_period: '2s' })),
  });
  await until(() => expect(count(service.events, 'token_renewed')).toBeGreaterThanOrEqual(3));
  expect(count(service.events, 'token_obtained')).toBe(1);
  expect(count(service.events, 'token_replaced')).toBe(0);
  await service.secrets.close();
});

describe('a service in a process of its own', () => {
  async function start(name: string, role: Record<string, unknown>) {
    const { roleId, secretId } = await login(name, role);
    let told: (line: string) => void;
    const user = new Promise<string>((resolve) => (told = resolve));
    const child = await run().spawn({
      name,
      command: process.execPath,
      args: ['--import', require.resolve('tsx'), join(__dirname, '../../../support/secrets-process.ts')],
      env: {
        PATH: process.env.PATH,
        VAULT_ADDR: leases().vault.address,
        VAULT_ROLE_ID: roleId,
        VAULT_SECRET_ID: secretId,
        PGHOST: leases().postgres.host,
        PGPORT: String(leases().postgres.port),
        WITHOUT_TOKEN_SECONDS: '1',
      },
      onLine: (line) => told(line),
    });
    return { child, user: await user };
  }

  test('that can log in no more ends, with a last line that says why and what to do', async () => {
    const { child } = await start('single', { token_period: '2s', secret_id_num_uses: 1 });
    await leases().admin.write('sys/leases/revoke-prefix/auth/approle/login');
    const { code } = await child.exited;
    expect(code).toBe(1);
    expect(await readFile(child.log, 'utf8')).toMatch(
      /^portcullis: no login to Vault is possible any more, exiting: .*mint a new one.* \(ERR_VAULT_LOGIN_REFUSED\)$/m,
    );
  });

  test('that is killed leaves nothing beyond the TTL of its token', async () => {
    const { child, user } = await start('killed', { token_period: '3s' });
    expect(await leases().leasedUsers()).toContain(user);
    await child.kill();
    await until(async () => expect(await leases().leasedUsers()).not.toContain(user));
  });
});
