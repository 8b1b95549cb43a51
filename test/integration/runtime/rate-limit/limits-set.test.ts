import { ClientLimits, rateLimit, watchOverrides, type RateLimiter } from '@portcullis/runtime';
import { Command } from 'commander';
import { PortcullisError } from '../../../../cli/src/errors';
import { register } from '../../../../cli/src/limits/command';
import { policy } from '../../../../policy';
import { PATIENTLY } from '../../../support/patiently';
import { useShortLeases, type Service } from '../secrets/short-leases';
import { serve, type TestApp } from './app';
import { useTestRedis } from './redis';

const ISSUER = 'https://issuer.example.com';
const ENTRY = `secret/data/${policy.name}/limits`;

/** The command in this process: what it prints, and what it would fail with. */
async function command(args: readonly string[], env: NodeJS.ProcessEnv) {
  let output = '';
  const print = (text: unknown): void => void (output += `${String(text)}\n`);
  jest.replaceProperty(process, 'env', { ...process.env, ...env });
  jest.spyOn(console, 'log').mockImplementation(print);
  jest.spyOn(console, 'error').mockImplementation(print);
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((output += String(text))));
  try {
    const program = new Command();
    register(program);
    const failure = await program.parseAsync(['node', 'portcullis', 'limits', ...args]).then(
      () => undefined,
      (error: unknown) => error as PortcullisError,
    );
    return { output, failure };
  } finally {
    jest.restoreAllMocks();
  }
}

describe('limits of one organisation, changed by the command and followed by two instances', () => {
  const leases = useShortLeases();
  const { server, redis } = useTestRedis();
  let services: Service[];
  let limiters: RateLimiter[];
  let apps: TestApp[];

  beforeEach(async () => {
    await redis().flushAll();
    await leases().admin.write(ENTRY, { data: { hooli: 'pro', umbrella: 'gold' } });
    services = await Promise.all([leases().connect(), leases().connect()]);
    limiters = await Promise.all(
      services.map(async ({ secrets }) =>
        rateLimit({
          ...PATIENTLY,
          ...{ policy, redis: redis(), trustedProxies: 0 },
          overrides: await watchOverrides(secrets, policy, { intervalSeconds: 0.2 }),
        }),
      ),
    );
    apps = await Promise.all(limiters.map((limiter) => serve(limiter)));
  });
  afterEach(async () => {
    await Promise.all(limiters.map((limiter) => limiter.close()));
    await Promise.all(apps.map((app) => app.close()));
    await Promise.all(services.map(({ secrets }) => secrets.close()));
  });

  const portcullis = (...args: readonly string[]) =>
    command(args, {
      REDIS_URL: server().url,
      VAULT_ADDR: leases().vault.address,
      VAULT_TOKEN: leases().vault.rootToken,
    });
  const policies = (organisation: string): Promise<(string | null)[]> =>
    Promise.all(
      apps.map(async (app) =>
        (await app.call('GET', '/api/me', { organisation })).headers.get('ratelimit-policy'),
      ),
    );
  const entry = async (): Promise<unknown> => (await leases().admin.read(ENTRY)).data?.data;

  test('set is in force on every instance when the command says so, with its end and reason, and no field besides changes', async () => {
    const { output, failure } = await portcullis(
      ...['set', 'acme', '5000/1m', '--until', '2h', '--reason', 'black friday, ticket 42'],
    );
    expect(failure).toBeUndefined();
    expect(output).toMatch(/^In force on 2 instances, as version \d+ of secret\/fintech-api\/limits\.\n$/);
    expect(await policies('acme')).toEqual(Array.from({ length: 2 }, () => '"custom";q=5000;w=60'));
    expect(await entry()).toEqual({
      hooli: 'pro',
      umbrella: 'gold',
      acme: expect.stringMatching(/^5000\/1m until 20\d\d-.*Z # black friday, ticket 42$/) as string,
    });

    const shown = await portcullis('show', 'acme', '--issuer', ISSUER);
    expect(shown.output).toMatch(/limits of its own, 5000\/1m until .*Z, because: black friday, ticket 42/);

    const gone = await portcullis('unset', 'acme', '--json');
    expect(JSON.parse(gone.output)).toMatchObject({ organisation: 'acme', instances: 2 });
    expect(await policies('acme')).toEqual(Array.from({ length: 2 }, () => '"free";q=100;w=60'));
    expect(await entry()).toEqual({ hooli: 'pro', umbrella: 'gold' });
  });

  test.each<[string, string[], RegExp]>([
    [
      'a mistyped tier',
      ['acme', 'enterprize', '--until', '2h', '--reason', 'import'],
      /expected a tier \(free, pro, /,
    ],
    ['another window', ['acme', '5000/2m', '--until', '2h', '--reason', 'import'], /on these windows/],
    ['an end of its own', ['acme', 'pro # forever', '--until', '2h', '--reason', 'import'], /hold a #/],
    ['a time without a zone', ['acme', 'pro', '--until', '2030-12-01', '--reason', 'import'], /is no time/],
    [
      'an end that has passed',
      ['acme', 'pro', '--until', '2020-01-01T00:00:00Z', '--reason', 'import'],
      /has passed/,
    ],
    ['no reason', ['acme', 'pro', '--until', '2h', '--reason', ' '], /no reason is given/],
    ['a reason of two letters', ['acme', 'pro', '--until', '2h', '--reason', 'a\nb'], /does not fit/],
    [
      'a name that is too long',
      ['a'.repeat(257), 'pro', '--until', '2h', '--reason', 'import'],
      /256 characters/,
    ],
  ])('%s is refused, and nothing is written', async (_what, args, problem) => {
    const before = await entry();
    const { failure } = await portcullis('set', ...args);
    expect(failure).toBeInstanceOf(PortcullisError);
    expect(failure?.message).toMatch(problem);
    expect(await entry()).toEqual(before);
  });

  test('what cannot be confirmed is not written, unless nobody is to wait', async () => {
    const env = {
      REDIS_URL: 'redis://127.0.0.1:1',
      VAULT_ADDR: leases().vault.address,
      VAULT_TOKEN: leases().vault.rootToken,
    };
    const before = await entry();
    const args = ['set', 'acme', 'pro', '--until', 'never', '--reason', 'contract'];
    expect((await command(args, env)).failure).toMatchObject({ code: 'ERR_UNREACHABLE' });
    expect(await entry()).toEqual(before);

    const { output, failure } = await command([...args, '--no-wait'], env);
    expect(failure).toBeUndefined();
    expect(output).toMatch(/^Written, as version \d+/);
    expect(await entry()).toMatchObject({ acme: 'pro # contract' });
  });
});

describe('who is denied most', () => {
  const { server, redis } = useTestRedis();
  const denials = async (app: TestApp, organisation: string, count: number): Promise<void> => {
    const call = (path: string) => app.call('POST', path, { organisation });
    for (let spent = 0; spent < 5; spent += 1) await call('/api/reports/generate');
    for (let denied = 0; denied < count; denied += 1)
      expect((await call('/api/transactions')).status).toBe(429);
  };

  beforeEach(async () => {
    await redis().flushAll();
    const running = [0, 1].map(() => rateLimit({ ...PATIENTLY, policy, redis: redis(), trustedProxies: 0 }));
    const [one, other] = await Promise.all(running.map((limiter) => serve(limiter)));
    await one!.call('GET', '/api/transactions', { organisation: 'quiet' });
    await denials(one!, 'acme', 2);
    // What has no request counts as well.
    await running[0]!.consume({ client: { issuer: ISSUER, organisation: 'acme' }, cost: 1_000_000 });
    await denials(other!, 'globex', 5);
    await denials(other!, '\u001b[2Jhooli', 1);
    await other!.call('POST', '/api/transactions', { organisation: 'acme' });
    await Promise.all(running.map((limiter) => limiter.close()));
    await Promise.all([one!.close(), other!.close()]);
  });

  test('is told by organisation, from all instances together, and is kept for little more than an hour', async () => {
    expect(await new ClientLimits(policy, redis()).reported()).toEqual({
      denied: [
        { issuer: ISSUER, organisation: 'globex', denials: 5 },
        { issuer: ISSUER, organisation: 'acme', denials: 4 },
        { issuer: ISSUER, organisation: '\u001b[2Jhooli', denials: 1 },
      ],
      others: 0,
      versions: [],
    });
    const keys = await redis().keys('*:reports:*');
    expect(keys.length).toBeGreaterThanOrEqual(2);
    for (const key of keys) {
      expect(await redis().pTTL(key)).toBeGreaterThan(3_600_000);
      expect(await redis().pTTL(key)).toBeLessThanOrEqual(4_200_000);
    }
  });

  test('is printed by the command; a name can do nothing to a terminal, for a token chose it', async () => {
    const env = { REDIS_URL: server().url };
    expect((await command(['top', '--most', '2'], env)).output).toBe(
      [
        'denials  organisation  issuer',
        `      5  globex        ${ISSUER}`,
        `      4  acme          ${ISSUER}`,
        '      1  (others)',
        '',
      ].join('\n'),
    );
    expect((await command(['top'], env)).output).toContain('?[2Jhooli');
    expect(JSON.parse((await command(['top', '--json'], env)).output)).toMatchObject({ others: 0 });
  });

  test('is nobody where nobody was denied', async () => {
    await redis().flushAll();
    const { output } = await command(['top'], { REDIS_URL: server().url });
    expect(output).toBe('Nobody was denied in the last hour.\n');
  });
});
