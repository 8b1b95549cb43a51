import {
  appRole,
  awsWebIdentityToken,
  ioredis,
  jwtLogin,
  SecretsError,
} from '../../../../runtime/src/secrets';
import {
  resolveCredentials,
  resolveLease,
  resolveOptions,
  resolvePostgresPool,
  resolveRedisClient,
  resolveWatchKv,
} from '../../../../runtime/src/secrets/options';
import { checkRedisSource } from '../../../../runtime/src/secrets/redis/sources/source';
import { policy } from '../../../../policy';

const login = appRole({ roleId: 'role', secretId: 'canary' });
const address = 'http://127.0.0.1:8200';

function refusal(resolve: () => unknown): string {
  try {
    resolve();
  } catch (error) {
    expect(error).toBeInstanceOf(SecretsError);
    const { code, message } = error as SecretsError;
    expect(code).toBe('ERR_SECRETS_CONFIG');
    expect(message).not.toContain('canary');
    return message;
  }
  throw new Error('it was accepted');
}

describe('SecretsManager.connect()', () => {
  const connect = (options: unknown, env = {}) => resolveOptions(options as { address: string }, env);

  test('has sane defaults', () => {
    expect(connect({ address, login })).toMatchObject({
      databaseMount: 'database',
      rotateShare: 50 / 60,
      startupMs: 30_000,
      drainMs: 30_000,
      closeMs: 10_000,
      withoutTokenMs: 60_000,
    });
  });

  test('takes a variable that is empty for one that is not set', () => {
    const empty = { VAULT_CACERT: '', VAULT_NAMESPACE: '', PORTCULLIS_STATUS_SOCKET: '' };
    const resolved = connect({ address, login }, empty);
    expect(resolved).toEqual({
      ...connect({ address, login }),
      onLoginImpossible: expect.any(Function) as unknown,
    });
  });

  test.each(['team\ncanary', 'te am', 'é'])(
    'refuses the namespace %j, which no header can hold',
    (namespace) => {
      const env = { VAULT_NAMESPACE: namespace };
      expect(refusal(() => connect({ address, login }, env))).toContain('mend VAULT_NAMESPACE');
      expect(refusal(() => connect({ address, login, namespace }))).toContain('or { namespace }');
    },
  );

  test('takes the share of a rotation from the policy', () => {
    const lifetimes = { ...policy.lifetimes, credentialSeconds: 600, rotateAtSeconds: 300 };
    expect(connect({ address, login, policy: { ...policy, lifetimes } })).toMatchObject({ rotateShare: 0.5 });
  });

  test('tells what is missing at once', () => {
    const message = refusal(() => connect({}));
    expect(message).toContain('set VAULT_ADDR');
    expect(message).toContain('set VAULT_ROLE_ID');
  });

  test('tells every value that is wrong at once, and shows no text that may be a secret', () => {
    const message = refusal(() =>
      connect({
        address: ['canary', 7],
        login: 'canary',
        startupSeconds: '30',
        drainSeconds: -1,
        closeSeconds: NaN,
        onEvent: 'canary',
        policy: null,
        startupSecond: 30,
      }),
    );
    expect(message.split('\n')).toEqual([
      'SecretsManager.connect() has 8 problems',
      '  address: expected a URL, or several, received a value of type object',
      '  login: expected a login method, such as appRole({ … }), received a value of type string',
      '  startupSeconds: expected seconds, 0 or more, received a value of type string',
      '  drainSeconds: expected seconds, 0 or more, received -1',
      '  closeSeconds: expected seconds, 0 or more, received NaN',
      '  onEvent: expected a function, received a value of type string',
      '  policy: expected what definePolicy() gives, received null',
      expect.stringMatching(/^ {2}startupSecond: unknown; known are address, /) as string,
      '(ERR_SECRETS_CONFIG)',
    ]);
  });

  test('checks what is inherited, as of a class with getters, like its own', () => {
    class Settings {
      get startupSeconds(): number {
        return NaN;
      }
    }
    expect(refusal(() => connect(new Settings()))).toContain('startupSeconds: expected seconds');
    expect(refusal(() => resolveWatchKv(Object.create({ intervalSeconds: NaN }) as object))).toContain(
      'intervalSeconds: expected seconds',
    );
  });

  test.each([null, 'canary', 7])('refuses %j in place of options', (options) => {
    expect(refusal(() => connect(options))).toContain('expected an object');
  });
});

test.each<[string, () => unknown, string[]]>([
  [
    'appRole()',
    () =>
      appRole({ roleId: 7, secretId: { file: '' }, mount: '' } as object as Parameters<typeof appRole>[0]),
    [
      'roleId: expected a text',
      'secretId: expected a text, { file } or a function',
      'mount: expected a text',
    ],
  ],
  ['appRole() without any', () => appRole({} as never), ['roleId: expected a text, received nothing']],
  [
    'jwtLogin()',
    () => jwtLogin({ token: NaN, rolle: 'canary' } as object as Parameters<typeof jwtLogin>[0]),
    ['role: expected a text', 'token: expected a text, { file } or a function', 'rolle: unknown'],
  ],
  [
    'awsWebIdentityToken()',
    () =>
      awsWebIdentityToken({ region: -1, credentials: 'canary' } as object as Parameters<
        typeof awsWebIdentityToken
      >[0]),
    [
      'audience: expected a text, received nothing',
      'region: expected a text',
      'credentials: expected a credential provider',
    ],
  ],
  ['redisClient()', () => checkRedisSource(null), ["{ kind: 'vault', role }"]],
  [
    'redisClient() of another kind',
    () => checkRedisSource({ kind: 'memcached' }),
    ["{ kind: 'vault', role }"],
  ],
  ['ioredis()', () => ioredis(undefined as never), ["import { Redis } from 'ioredis'"]],
])('%s refuses options of no use, all at once', (_name, make, problems) => {
  const message = refusal(make);
  for (const problem of problems) expect(message).toContain(problem);
});

test.each([NaN, -1, 0, '3000', 3_600, undefined])(
  'a policy that rotates after %p of 3,600 seconds is none: it would never rotate, or all the time',
  (rotateAtSeconds) => {
    const lifetimes = { ...policy.lifetimes, credentialSeconds: 3_600, rotateAtSeconds };
    const options = { address, login, policy: { ...policy, lifetimes } } as Parameters<
      typeof resolveOptions
    >[0];
    expect(refusal(() => resolveOptions(options, {}))).toContain(
      'policy: expected what definePolicy() gives',
    );
  },
);

test('watchKv() asks no more often than it can be asked for', () => {
  expect(resolveWatchKv({})).toEqual({ intervalMs: 30_000, acceptPreviousMs: 3_600_000 });
  expect(resolveWatchKv({ acceptPreviousSeconds: 0 })).toMatchObject({ acceptPreviousMs: 0 });
  expect(refusal(() => resolveWatchKv({ intervalSeconds: 0 }))).toContain(
    'intervalSeconds: expected seconds, more than 0',
  );
  expect(refusal(() => resolveWatchKv({ intervalSeconds: NaN }))).toContain('received NaN');
});

test('postgresPool() has the defaults of pg.Pool, and takes no credential of somebody else', () => {
  expect(resolvePostgresPool({ host: 'db', max: undefined })).toMatchObject({ host: 'db', max: 10 });
  const message = refusal(() =>
    resolvePostgresPool({ user: 'app', connectionString: 'postgres://app:canary@db' } as object),
  );
  expect(message).toContain('received user and connectionString');
  expect(
    refusal(() =>
      resolvePostgresPool({
        max: NaN,
        min: -1,
        port: 'canary',
        idleTimeoutMillis: -5,
        pg: 'canary',
      } as object),
    ).split('\n'),
  ).toEqual([
    'postgresPool() has 5 problems',
    '  max: expected a whole number, 1 or more, received NaN',
    '  min: expected a whole number, 0 or more, received -1',
    '  port: expected a port, received a value of type string',
    '  idleTimeoutMillis: expected milliseconds, 0 or more, fewer than 2 ** 31, received -5',
    '  pg: expected the module pg, or pg.native, received a value of type string',
    '(ERR_SECRETS_CONFIG)',
  ]);
});

/** Every option of an entry point that is a number. */
const NUMBERS: readonly (readonly [entry: string, resolve: (options: object) => unknown, names: string[]])[] =
  [
    [
      'SecretsManager.connect()',
      (options) => resolveOptions({ address, login, ...options }, {}),
      ['startupSeconds', 'drainSeconds', 'closeSeconds', 'withoutTokenSeconds'],
    ],
    ['watchKv()', resolveWatchKv, ['intervalSeconds', 'acceptPreviousSeconds']],
    ['credentials()', resolveCredentials, ['graceSeconds']],
    ['lease()', resolveLease, ['graceSeconds']],
    ['redisClient()', (options) => resolveRedisClient({ host: 'cache', ...options }), ['port', 'database']],
    [
      'postgresPool()',
      resolvePostgresPool,
      [
        ...[
          'port',
          'max',
          'min',
          'maxUses',
          'maxLifetimeSeconds',
          'idleTimeoutMillis',
          'connectionTimeoutMillis',
        ],
        ...['query_timeout', 'statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'],
        'keepAliveInitialDelayMillis',
      ],
    ],
  ];

test.each(NUMBERS.flatMap(([entry, resolve, names]) => names.map((name) => [entry, name, resolve] as const)))(
  '%s takes no number for %s that is none, or that a timer would take for another',
  (_entry, name, resolve) => {
    for (const wrong of [NaN, -1, -Infinity, '7', 'canary', true, null, {}, [7], 7n, new Number(7)])
      expect(refusal(() => resolve({ [name]: wrong }))).toContain(`${name}: expected `);
    if (name !== 'maxUses') expect(refusal(() => resolve({ [name]: Infinity }))).toContain(name);
    expect(() => resolve({ [name]: undefined })).not.toThrow();
  },
);

test.each(['maxLifetimeSeconds', 'idleTimeoutMillis', 'connectionTimeoutMillis', 'query_timeout'])(
  'a pool takes no %s that is longer than timers can be: it would end at once',
  (name) => {
    expect(refusal(() => resolvePostgresPool({ [name]: 2 ** 31 }))).toContain('2 ** 31');
    expect(resolvePostgresPool({ [name]: 86_400 })).toMatchObject({ [name]: 86_400 });
  },
);

test('redisClient() is told where Redis is, and encrypts unless that is this machine', () => {
  expect(resolveRedisClient({ host: 'cache.internal' }).name).toBe('Redis at cache.internal:6379');
  expect(refusal(() => resolveRedisClient())).toContain(
    "host: expected a host's name, received an empty string",
  );
  expect(refusal(() => resolveRedisClient({ host: 'cache', port: 70_000 }))).toContain(
    'port: expected a port',
  );
  // It may be given what describes a server, whatever else that says.
  expect(resolveRedisClient({ host: 'cache', port: 1, adminUrl: 'canary' } as { host: string }).name).toBe(
    'Redis at cache:1',
  );
  const asked: unknown[] = [];
  const driver = { create: (endpoint: unknown) => asked.push(endpoint) as never };
  for (const host of ['cache.internal', 'localhost']) {
    resolveRedisClient({ host, driver }).link(() => undefined as never, {} as never);
  }
  expect(asked).toEqual([
    { host: 'cache.internal', port: 6_379, tls: true },
    { host: 'localhost', port: 6_379, tls: false },
  ]);
});
