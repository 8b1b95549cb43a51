import { appRole, SecretsManager, type RotatingPool, type SecretsEvent } from '@portcullis/runtime';
import { until } from '../../../support/until';
import { startTcpProxy, type TcpProxy } from '../../../support/tcp-proxy';
import { useShortLeases, type Service } from './short-leases';

// Bounds of real time on a machine that others use too: what is tried again says why it failed.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

/** One service for the whole file, reached through a cable that can be cut; whatever breaks, it must go on. */
const leases = useShortLeases();
let proxy: TcpProxy;
let service: Service;
let pool: RotatingPool;

beforeAll(async () => {
  await leases().leaseFor(600);
  proxy = await startTcpProxy(new URL(leases().vault.address));
  service = await leases().connect({ address: `http://127.0.0.1:${proxy.port}` });
  pool = newPool(service);
  await pool.query('select 1');
});

afterAll(async () => {
  await service.secrets.close();
  await proxy.close();
});

function newPool({ secrets }: Service): RotatingPool {
  const { host, port } = leases().postgres;
  return secrets.postgresPool('pg', { host, port, database: 'postgres' });
}

const user = async (from = pool): Promise<string> =>
  (await from.query<{ user: string }>('select current_user as user')).rows[0]!.user;

const LOGIN = `CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}';`;

const writeRole = (creation: string, { connection = 'postgres', seconds = 600 } = {}): Promise<unknown> =>
  leases().admin.write('database/roles/pg', {
    db_name: connection,
    creation_statements: [creation],
    default_ttl: `${seconds}s`,
    max_ttl: `${seconds}s`,
  });

const remove = (path: string): Promise<unknown> =>
  fetch(`${leases().vault.address}/v1/${path}`, {
    method: 'DELETE',
    headers: { 'X-Vault-Token': leases().vault.rootToken },
  });

const SERVICE = 'sys/policies/acl/service';
let policyBefore: unknown;

interface Fault {
  readonly what: string;
  readonly strike: () => Promise<unknown>;
  readonly mend: () => Promise<unknown>;
  readonly code: string;
}

const faults: Fault[] = [
  {
    what: 'Vault is killed',
    strike: () => leases().vault.kill('SIGKILL'),
    mend: () => leases().vault.restart(),
    code: 'ERR_VAULT_UNREACHABLE',
  },
  {
    what: 'the network is cut',
    strike: () => {
      proxy.cut();
      return Promise.resolve();
    },
    mend: () => {
      proxy.mend();
      return Promise.resolve();
    },
    code: 'ERR_VAULT_UNREACHABLE',
  },
  {
    what: 'Vault is sealed (503)',
    strike: () => leases().vault.seal(),
    mend: () => leases().vault.unseal(),
    code: 'ERR_VAULT_SEALED',
  },
  {
    what: 'Vault hangs',
    strike: () => leases().vault.kill('SIGSTOP'),
    mend: () => leases().vault.kill('SIGCONT'),
    code: 'ERR_VAULT_UNREACHABLE',
  },
  {
    what: 'a quota of Vault is spent (429)',
    strike: async () => {
      await leases().admin.write('sys/quotas/rate-limit/leases', {
        path: 'database',
        rate: 1,
        interval: '60s',
      });
      await leases().admin.read('database/creds/pg');
    },
    mend: () => remove('sys/quotas/rate-limit/leases'),
    code: 'ERR_VAULT_THROTTLED',
  },
  {
    what: 'the role is gone (400)',
    strike: () => remove('database/roles/pg'),
    mend: () => leases().leaseFor(600),
    code: 'ERR_ROLE_NOT_FOUND',
  },
  {
    what: 'the policy is taken away (403)',
    strike: async () => {
      policyBefore = (await leases().admin.read(SERVICE)).data?.policy;
      await leases().admin.write(SERVICE, { policy: 'path "secret/data/none" { capabilities = ["read"] }' });
    },
    mend: () => leases().admin.write(SERVICE, { policy: policyBefore }),
    code: 'ERR_VAULT_CAPABILITY_MISSING',
  },
  {
    what: 'the database refuses to make a user (500)',
    strike: () => writeRole('CREATE NONSENSE;'),
    mend: () => leases().leaseFor(600),
    code: 'ERR_VAULT_FAILED',
  },
  {
    what: 'the leased user may not connect',
    strike: () => writeRole(`CREATE ROLE "{{name}}" NOLOGIN PASSWORD '{{password}}';`),
    mend: () => leases().leaseFor(600),
    code: 'ERR_CREDENTIAL_UNAVAILABLE',
  },
];

test.each(faults)(
  'while $what the old user serves on ($code), and a new one comes by itself when it is over',
  async ({ strike, mend, code }) => {
    const before = await user();
    const told = service.events.length;
    await strike();
    try {
      await expect(service.secrets.rotate()).rejects.toMatchObject({ code });
      expect(service.events.slice(told)).toContainEqual(
        expect.objectContaining({ type: 'credential_failed', code }),
      );
      await expect(Promise.all(Array.from({ length: 20 }, () => user()))).resolves.toContain(before);
      expect(service.secrets.status().leases[0]).toMatchObject({ state: 'serving', lastErrorCode: code });
    } finally {
      await mend();
    }
    await until(async () => expect(await user()).not.toBe(before));
    expect(service.secrets.readiness()).toEqual({ ready: true, problems: [] });
    expect(service.events.filter(({ type }) => type === 'credential_expired')).toEqual([]);
  },
);

test('when the outage outlasts the lease, queries fail with a typed error, and go on after it by themselves', async () => {
  await leases().leaseFor(3);
  const short = await leases().connect();
  const { secrets } = short;
  const shortPool = newPool(short);
  const before = await user(shortPool);
  await leases().vault.seal();
  try {
    await until(() => expect(user(shortPool)).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_EXPIRED' }));
    expect(secrets.readiness()).toEqual({ ready: false, problems: ['pg: expired (ERR_VAULT_SEALED)'] });
  } finally {
    await leases().vault.unseal();
    await leases().leaseFor(600);
  }
  await until(async () => expect(await user(shortPool)).not.toBe(before));
  await secrets.close();
});

describe('a Vault that answers slowly', () => {
  afterEach(() => proxy.delay(0));

  test('delays a rotation and nothing else; the deadline counts from the request, so it is never after the real one', async () => {
    const before = await user();
    proxy.delay(1_500);
    const rotated = service.secrets.rotate();
    await until(async () => expect(await user()).not.toBe(before));
    const lease = service.secrets.status().leases[0]!;
    expect(lease.ageSeconds).toBeGreaterThanOrEqual(1.5);
    expect(lease.deadlineInSeconds).toBeLessThanOrEqual(598.5);
    await rotated;
    expect(service.secrets.readiness()).toEqual({ ready: true, problems: [] });
  });

  test('later than it is waited for is none: the old user serves, and whoever was lent unheard goes with the token', async () => {
    const late = await leases().connect({ address: `http://127.0.0.1:${proxy.port}` });
    const latePool = newPool(late);
    const before = await user(latePool);
    const known = await leases().leasedUsers();
    proxy.delay(10_500);
    await expect(late.secrets.rotate()).rejects.toMatchObject({
      code: 'ERR_VAULT_UNREACHABLE',
      message: expect.stringContaining('ANSWER_TIMEOUT') as string,
    });
    expect(await user(latePool)).toBe(before);
    expect(late.secrets.readiness()).toEqual({ ready: true, problems: [] });
    const unheard = (await leases().leasedUsers()).filter((name) => !known.includes(name));
    expect(unheard).toHaveLength(1);

    proxy.delay(0);
    await until(async () => expect(await user(latePool)).not.toBe(before));
    await late.secrets.close();
    await until(async () => expect(await leases().leasedUsers()).not.toContain(unheard[0]));
  });
});

describe('the database is down at a rotation', () => {
  test('for Vault alone: the old user serves to its deadline, then a typed error; afterwards it goes on by itself', async () => {
    const url = new URL(leases().postgres.adminUrl);
    const cable = await startTcpProxy(url);
    await leases().admin.write('database/config/far', {
      plugin_name: 'postgresql-database-plugin',
      connection_url: `postgresql://{{username}}:{{password}}@127.0.0.1:${cable.port}/postgres?sslmode=disable`,
      username: url.username,
      password: url.password,
      allowed_roles: '*',
    });
    await writeRole(LOGIN, { connection: 'far', seconds: 4 });
    const short = await leases().connect();
    const shortPool = newPool(short);
    try {
      const before = await user(shortPool);
      cable.cut();
      const from = performance.now();
      const { deadlineInSeconds = 0 } = short.secrets.status().leases[0]!;
      let failure: unknown;
      await until(async () => {
        failure = await user(shortPool).then(
          () => undefined,
          (error: unknown) => error,
        );
        expect(failure).toBeDefined();
      });
      expect(failure).toMatchObject({ code: 'ERR_CREDENTIAL_EXPIRED' });
      // The status is rounded to tenths.
      expect((performance.now() - from) / 1_000).toBeGreaterThan(deadlineInSeconds - 0.1);
      expect(short.events).toContainEqual(
        expect.objectContaining({ type: 'credential_failed', code: 'ERR_VAULT_FAILED' }),
      );
      expect(short.secrets.readiness()).toEqual({
        ready: false,
        problems: ['pg: expired (ERR_VAULT_FAILED)'],
      });
      cable.mend();
      await until(async () => expect(await user(shortPool)).not.toBe(before));
      expect(short.secrets.readiness()).toEqual({ ready: true, problems: [] });
    } finally {
      cable.mend();
      await short.secrets.close();
      await leases().leaseFor(600);
      await cable.close();
    }
  });

  test('for everybody: as soon as it is back the old user serves again, and the new one follows', async () => {
    const before = await user();
    await leases().postgres.kill('SIGKILL');
    try {
      await expect(service.secrets.rotate()).rejects.toMatchObject({ code: 'ERR_VAULT_FAILED' });
      await expect(user()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
      expect(service.secrets.status().leases[0]).toMatchObject({ state: 'serving', user: before });
    } finally {
      await leases().postgres.restart();
    }
    const users = new Set<string>();
    await until(async () => {
      users.add(await user());
      expect(users.size).toBe(2);
    });
    expect([...users][0]).toBe(before);
  });
});

test('a service that starts while the database is down waits for it', async () => {
  await leases().postgres.kill('SIGKILL');
  const early = await leases().connect();
  const first = user(newPool(early));
  try {
    await until(() =>
      expect(early.events).toContainEqual(expect.objectContaining({ code: 'ERR_VAULT_FAILED' })),
    );
  } finally {
    await leases().postgres.restart();
  }
  await expect(first).resolves.toMatch(/^v-/);
  await early.secrets.close();
});

test('a service that starts while Vault is sealed waits for it, as long as it was told to', async () => {
  await leases().vault.seal();
  try {
    await expect(leases().connect({ startupSeconds: 1 })).rejects.toMatchObject({ code: 'ERR_VAULT_SEALED' });
    const failures: SecretsEvent[] = [];
    const early = leases().connect({ onEvent: (event) => failures.push(event) });
    await until(() => expect(failures).toContainEqual(expect.objectContaining({ code: 'ERR_VAULT_SEALED' })));
    await leases().vault.unseal();
    const { secrets } = await early;
    expect(secrets.readiness()).toEqual({ ready: true, problems: [] });
    await secrets.close();
  } finally {
    await leases().vault.unseal();
  }
});

test('a secret ID that somebody else has consumed is a typed error at once', async () => {
  const { admin, vault } = leases();
  await admin.write('auth/approle/role/once', { secret_id_num_uses: 1 });
  const { data: role } = await admin.read('auth/approle/role/once/role-id');
  const { data: secret } = await admin.write('auth/approle/role/once/secret-id');
  const [roleId, secretId] = [role?.role_id as string, secret?.secret_id as string];
  await admin.write('auth/approle/login', { role_id: roleId, secret_id: secretId });
  await expect(
    SecretsManager.connect({ address: vault.address, login: appRole({ roleId, secretId }) }),
  ).rejects.toMatchObject({ code: 'ERR_VAULT_LOGIN_REFUSED' });
});

test('fifty instances that start together under a quota of 20 logins a second all start', async () => {
  const { admin } = leases();
  await admin.write('sys/quotas/rate-limit/logins', { path: 'auth/approle/login', rate: 20, interval: '1s' });
  const events: SecretsEvent[] = [];
  const fleet = await Promise.all(
    Array.from({ length: 50 }, () => leases().connect({ onEvent: (event) => events.push(event) })),
  );
  const throttled = events.flatMap((event) => (event.type === 'token_failed' ? [event.code] : []));
  expect(new Set(throttled)).toEqual(new Set(['ERR_VAULT_THROTTLED']));
  // 30 have to wait; they do not all come back at the same time, again and again.
  expect(throttled.length).toBeLessThan(200);
  await Promise.all(fleet.map(({ secrets }) => secrets.close()));
});
