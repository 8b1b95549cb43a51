import { alone } from '../../../../../../runtime/src/auth/login/session/handover';
import { Renewals } from '../../../../../../runtime/src/auth/login/session/renewals';
import {
  endOf,
  newSession,
  readSession,
  renewedSession,
  type Session,
} from '../../../../../../runtime/src/auth/login/session/session';
import {
  ProviderRefusedError,
  ProviderUnavailableError,
} from '../../../../../../runtime/src/auth/provider/errors';
import type { Tokens } from '../../../../../../runtime/src/auth/provider/provider';
import { manualClock, settled, type ManualClock } from '../../support/clock';

const LIFE_SECONDS = 100;
const tokens = (count: number): Tokens => ({
  accessToken: `access-${count}`,
  refreshToken: `refresh-${count}`,
  idToken: `id-${count}`,
  lifeSeconds: LIFE_SECONDS,
});

let clock: ManualClock;
/** Refresh tokens as the provider got them, in order. */
let asked: string[];
let answer: (count: number) => Promise<Tokens>;
let renewals: Renewals;

beforeEach(() => {
  clock = manualClock();
  asked = [];
  answer = (count) => Promise.resolve(tokens(count));
  renewals = new Renewals({
    clock,
    handover: alone,
    renew: async (session) => {
      asked.push(session.refreshToken ?? '');
      return renewedSession(session, await answer(asked.length), clock.wall());
    },
  });
});

const login = (): Session => newSession(tokens(0), 'ada', clock.wall());

it('a young token serves as it is', async () => {
  const session = login();
  clock.freeze(79_999);
  await expect(renewals.usable(session)).resolves.toBe(session);
  expect(asked).toEqual([]);
});

it('fifty requests at once share one renewal', async () => {
  const session = login();
  clock.freeze(80_000);
  const all = await Promise.all(Array.from({ length: 50 }, () => renewals.usable({ ...session })));
  expect(asked).toEqual(['refresh-0']);
  expect(new Set(all.map(({ accessToken }) => accessToken))).toEqual(new Set(['access-1']));
});

it('a request that comes while the provider thinks waits for the same renewal', async () => {
  const session = login();
  clock.freeze(LIFE_SECONDS * 1_000);
  let release: (value: Tokens) => void = () => undefined;
  answer = () => new Promise((resolve) => (release = resolve));
  const first = renewals.usable(session);
  await settled();
  const second = renewals.usable({ ...session });
  await settled();
  release(tokens(1));
  await expect(Promise.all([first, second])).resolves.toMatchObject([
    { accessToken: 'access-1' },
    { accessToken: 'access-1' },
  ]);
  expect(asked).toEqual(['refresh-0']);
});

it('a request that was on its way with the old cookie is given the new session, for a minute', async () => {
  const session = login();
  clock.freeze(80_000);
  await renewals.usable(session);
  clock.freeze(59_999);
  await expect(renewals.usable(session)).resolves.toMatchObject({ accessToken: 'access-1' });
  expect(asked).toEqual(['refresh-0']);
  await expect(renewals.latest(session)).resolves.toMatchObject({ refreshToken: 'refresh-1' });
  clock.freeze(1);
  await expect(renewals.latest(session)).resolves.toBe(session);
});

it('whoever is two renewals behind is given the last', async () => {
  answer = (count) => Promise.resolve({ ...tokens(count), lifeSeconds: 10 });
  const session = login();
  clock.freeze(80_000);
  const next = await renewals.usable(session);
  clock.freeze(10_000);
  await renewals.usable(next);
  await expect(renewals.usable(session)).resolves.toMatchObject({ accessToken: 'access-2' });
  expect(asked).toEqual(['refresh-0', 'refresh-1']);
});

describe('while the provider does not answer', () => {
  beforeEach(() => {
    answer = () => Promise.reject(new ProviderUnavailableError('https://idp.example', 'ECONNREFUSED', 5));
  });

  it('the old token serves until it expires, then there is an error that says so', async () => {
    const session = login();
    clock.freeze(99_999);
    await expect(renewals.usable(session)).resolves.toBe(session);
    clock.freeze(1);
    await expect(renewals.usable(session)).rejects.toMatchObject({ code: 'ERR_PROVIDER_UNAVAILABLE' });
  });

  it('it is asked every two seconds, however many want something', async () => {
    const session = login();
    clock.freeze(LIFE_SECONDS * 1_000);
    for (let count = 0; count < 20; count += 1) await renewals.usable(session).catch(() => undefined);
    expect(asked).toHaveLength(1);
    clock.freeze(2_000);
    answer = () => Promise.resolve(tokens(2));
    await expect(renewals.usable(session)).resolves.toMatchObject({ accessToken: 'access-2' });
  });
});

it('a session that the provider ended is not asked for in vain again by the same requests', async () => {
  answer = () => Promise.reject(new ProviderRefusedError('https://idp.example', 'invalid_grant'));
  const session = login();
  clock.freeze(80_000);
  const both = [renewals.usable(session), renewals.usable(session)];
  await expect(Promise.allSettled(both)).resolves.toMatchObject([
    { status: 'rejected', reason: { reason: 'invalid_grant' } },
    { status: 'rejected', reason: { reason: 'invalid_grant' } },
  ]);
  expect(asked).toHaveLength(1);
});

it('forgets what is over: memory does not grow with time', async () => {
  for (let count = 0; count < 100; count += 1) {
    const session = { ...login(), refreshToken: `of ${count}` };
    clock.freeze(80_000);
    await renewals.usable(session);
  }
  clock.freeze(60_000);
  const fresh = login();
  await renewals.latest(fresh);
  await expect(renewals.latest({ ...fresh, refreshToken: 'of 99' })).resolves.toMatchObject({
    refreshToken: 'of 99',
  });
});

describe('a session', () => {
  const limits = { maxAgeMs: 1_000_000, idleMs: 300_000 };

  it('ends a while after its last renewal', () => {
    expect(endOf(login(), limits) - clock.wall()).toBe(300_000);
  });

  it('ends at its greatest age, however often it was renewed', () => {
    let session = login();
    const end = clock.wall() + 1_000_000;
    for (let count = 1; count <= 12; count += 1) {
      clock.freeze(80_000);
      session = renewedSession(session, tokens(count), clock.wall());
    }
    expect(endOf(session, limits)).toBe(end);
  });

  it('without a refresh token ends with its access token', () => {
    const session = newSession({ accessToken: 'access', lifeSeconds: LIFE_SECONDS }, 'ada', clock.wall());
    expect(endOf(session, limits) - clock.wall()).toBe(LIFE_SECONDS * 1_000);
  });

  it('keeps what the provider does not send anew', () => {
    const renewed = renewedSession(login(), { accessToken: 'new', lifeSeconds: 1 }, clock.wall());
    expect(renewed).toMatchObject({ accessToken: 'new', refreshToken: 'refresh-0', idToken: 'id-0' });
  });

  it.each([null, 'text', {}, { subject: 'ada' }, { ...tokens(0), subject: 1 }])('is not %j', (value) => {
    expect(readSession(value)).toBeUndefined();
  });
});
