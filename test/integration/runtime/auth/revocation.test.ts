import type { Revocation } from '@portcullis/runtime';
import type { JWTPayload } from 'jose';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AUDIENCE, makeKey, startIssuer, type TestIssuer, type TestKey } from '../../../support/auth/issuer';
import { connect, startRedis, type TestRedis } from '../rate-limit/redis';
import { serveApp } from './revocation-app';
import { answers, Instance, WITHIN_A_SECOND } from './revocation-instances';

// Bounds of real time on a machine that others use too: what is tried again says why it failed.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

let issuer: TestIssuer;
let key: TestKey;
let folder: string;
let redis: TestRedis;
let admin: Awaited<ReturnType<typeof connect>>;
let one: Instance;
let other: Instance;

const settings = (name = 'one-api') => ({ name, issuer: issuer.url, audience: AUDIENCE, redis: redis.url });
const start = (): Instance => new Instance(settings());
let minted = 0;
const token = (claims: JWTPayload = {}): Promise<string> =>
  issuer.sign(issuer.claims({ jti: `token-${(minted += 1)}`, tier: 'free', ...claims }), key);
const revocation = (what: object): Revocation => ({ issuer: issuer.url, ...what }) as Revocation;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portcullis-revocation-'));
  [key, issuer, redis] = await Promise.all([
    makeKey('key-1', 'ES256'),
    startIssuer(),
    startRedis([`dir ${folder}`, 'appendonly yes', 'appendfsync always']),
  ]);
  issuer.publish(key);
  admin = await connect(redis.url);
  one = start();
  other = start();
  const anyone = await token();
  for (const instance of [one, other]) await instance.answers('/sensitive', anyone, 200);
});

afterAll(async () => {
  await other.stop();
  admin.destroy();
  await redis.stop();
  await issuer.stop();
  await rm(folder, { recursive: true });
});

describe('a token that both instances have let in', () => {
  it.each([
    ['jti', { jti: 'the-token' }, { jti: 'the-token' }],
    ['sid', { sid: 'the-session' }, { sid: 'the-session' }],
    ['subject', { sub: 'the-subject' }, { subject: 'the-subject' }],
    ['organisation', { org_id: 'the-organisation' }, { organisation: 'the-organisation' }],
    ['subject of its session, which it does not name', { sub: 'alice' }, { sid: 'hers', subject: 'alice' }],
  ])('is refused by both within a second after one of them revoked its %s', async (_by, claims, what) => {
    const [theirs, bystanders] = [await token({ sub: 'another', ...claims }), await token()];
    for (const instance of [one, other]) expect(await instance.get('/ordinary', theirs)).toBe(200);

    expect(await one.revoke(revocation(what))).toBeNull();
    expect(await one.get('/ordinary', theirs)).toBe(401);
    await other.answers('/ordinary', theirs, 401, WITHIN_A_SECOND);
    for (const instance of [one, other]) expect(await instance.get('/sensitive', bystanders)).toBe(200);
  });

  it('is replaced by a new login: only what was issued up to the revocation is refused', async () => {
    const now = Date.now() / 1_000;
    const bob = { sub: 'bob', exp: now + 600 };
    const before = await token({ ...bob, iat: now });
    expect(await one.revoke(revocation({ subject: 'bob', issuedUntil: now }))).toBeNull();
    await other.answers('/ordinary', before, 401);
    const after = await token({ ...bob, iat: now + 0.001 });
    for (const instance of [one, other]) expect(await instance.get('/sensitive', after)).toBe(200);
  });
});

test('no revocation is lost while connections are cut', async () => {
  const tokens = await Promise.all(Array.from({ length: 60 }, (_, index) => token({ sub: `cut-${index}` })));
  for (const cut of tokens) await other.get('/ordinary', cut);
  const outcomes = await Promise.all(
    tokens.map(async (_, index) => {
      if (index % 10 === 5) await admin.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']);
      return one.revoke(revocation({ subject: `cut-${index}` }));
    }),
  );
  expect(outcomes).toContain('ERR_REVOCATION_NOT_STORED');
  await Promise.all(tokens.map((cut) => other.answers('/ordinary', cut, 401)));
});

test('while Redis is frozen: sensitive routes wait, others go on, and what is revoked meanwhile arrives', async () => {
  const [revoked, ours] = [await token({ sub: 'frozen' }), await token()];
  expect(await other.get('/sensitive', revoked)).toBe(200);
  const toldBefore = other.events.length;
  await redis.kill('SIGSTOP');
  try {
    expect(await one.revoke(revocation({ subject: 'frozen' }))).toBe('ERR_REVOCATION_NOT_STORED');
    expect(await one.get('/ordinary', revoked)).toBe(401);
    for (const instance of [one, other]) {
      await instance.answers('/sensitive', ours, 503);
      expect(await instance.get('/ordinary', ours)).toBe(200);
    }
    // The other instance cannot know of it.
    expect(await other.get('/ordinary', revoked)).toBe(200);
  } finally {
    await redis.kill('SIGCONT');
  }
  await other.answers('/ordinary', revoked, 401);
  for (const instance of [one, other]) await instance.answers('/sensitive', ours, 200);
  await other.tells(toldBefore, ['revocations_cut_off', 'revocations_current', 'token_refused']);
});

describe('Redis crashes and comes back', () => {
  it('with its data: what was revoked before and meanwhile is on every instance, new ones too', async () => {
    const [before, meanwhile, ours] = [
      await token({ sub: 'before' }),
      await token({ sub: 'meanwhile' }),
      await token(),
    ];
    expect(await one.revoke(revocation({ subject: 'before' }))).toBeNull();
    await redis.kill('SIGKILL');
    expect(await one.revoke(revocation({ subject: 'meanwhile' }))).toBe('ERR_REVOCATION_NOT_STORED');
    await other.answers('/sensitive', ours, 503);
    expect(await other.get('/ordinary', ours)).toBe(200);
    await redis.restart();
    await other.answers('/ordinary', meanwhile, 401);
    await other.answers('/sensitive', ours, 200);
    expect(await other.get('/ordinary', before)).toBe(401);
    await expectNewInstanceToRefuse(before, meanwhile);
  });

  it('with an older copy, as after a failover: the instances put back what it lacks', async () => {
    const [old, lost] = [await token({ sub: 'old' }), await token({ sub: 'lost' })];
    expect(await one.revoke(revocation({ subject: 'old' }))).toBeNull();
    await cp(join(folder, 'appendonlydir'), join(folder, 'copy'), { recursive: true });
    expect(await one.revoke(revocation({ subject: 'lost' }))).toBeNull();
    await other.answers('/ordinary', lost, 401);

    await redis.kill('SIGKILL');
    await rm(join(folder, 'appendonlydir'), { recursive: true });
    await cp(join(folder, 'copy'), join(folder, 'appendonlydir'), { recursive: true });
    await redis.restart();
    await expectNewInstanceToRefuse(old, lost);
  });

  it('with nothing: the instances put it back', async () => {
    const lost = await token({ sub: 'flushed' });
    expect(await one.revoke(revocation({ subject: 'flushed' }))).toBeNull();
    await other.answers('/ordinary', lost, 401);
    await one.stop();
    const before = other.events.length;
    await reconnectedAdmin().then((client) => client.sendCommand(['FLUSHALL']));
    await expectNewInstanceToRefuse(lost);
    await other.tells(before, ['revocations_restored']);
  });
});

test('what is dead is not read, and leaves Redis: single entries with the next revocation, the rest with the stream', async () => {
  const stream = 'portcullis:{aging}:revocations';
  const client = await reconnectedAdmin();
  // A session's life, since what was revoked may be one, and the tolerance before and after.
  const lifeSeconds = 28_800 + 2 * 5;
  const entry = (ageSeconds: number) => {
    const at = Date.now() - ageSeconds * 1_000;
    return [
      'XADD',
      stream,
      `${at}-0`,
      'name',
      'x'.repeat(22),
      'issuedUntil',
      '0',
      'since',
      `${at / 1_000}`,
      'scope',
      'all',
    ];
  };
  // A minute longer than they live, for clocks that are apart.
  for (const age of [lifeSeconds + 61, lifeSeconds + 1]) await client.sendCommand(entry(age));
  const alive: number[] = [];
  const app = await serveApp(settings('aging'), (event) => {
    if (event.type === 'revocations_current') alive.push(event.alive);
  });
  try {
    await answers(app.url, '/sensitive', await token(), 200);
    expect(alive).toEqual([0]);
    await app.revocations.revoke(revocation({ subject: 'somebody-with-a-name' }));

    const entries = await client.sendCommand<[string, string[]][]>(['XRANGE', stream, '-', '+']);
    expect(entries).toHaveLength(2);
    expect(JSON.stringify(entries)).not.toMatch(/somebody|127\.0\.0\.1/);
    const left = await client.sendCommand<number>(['PTTL', stream]);
    expect(left).toBeGreaterThan((lifeSeconds + 50) * 1_000);
    expect(left).toBeLessThanOrEqual((lifeSeconds + 60) * 1_000);
  } finally {
    await app.stop();
  }
});

/** One that starts now, with nothing but what Redis has. */
async function expectNewInstanceToRefuse(...tokens: readonly string[]): Promise<void> {
  const app = await serveApp(settings(), () => undefined);
  try {
    await answers(app.url, '/sensitive', await token(), 200);
    for (const revoked of tokens) await answers(app.url, '/ordinary', revoked, 401);
  } finally {
    await app.stop();
  }
}

async function reconnectedAdmin(): Promise<typeof admin> {
  if (!admin.isReady) {
    admin.destroy();
    admin = await connect(redis.url);
  }
  return admin;
}
