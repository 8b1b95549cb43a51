import fc from 'fast-check';
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
import { manualClock, settled, type ManualClock } from '../../../../../support/clock';

const LIFE_SECONDS = 100;
const KEPT_MS = 3_600_000;
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
    keptMs: KEPT_MS,
    handover: alone,
    renew: async (session) => {
      asked.push(session.refreshToken ?? '');
      return renewedSession(session, await answer(asked.length), clock.wall());
    },
  });
});

const login = (): Session => newSession(tokens(0), 'ada', clock.wall());

/** The session that a request goes on with. */
const usable = async (session: Session): Promise<Session> => (await renewals.usable(session)).session;
/** Ada's session once a request of hers has had it renewed. */
async function renewed(session: Session): Promise<Session> {
  await renewals.usable(session);
  await settled();
  return renewals.latest(session);
}

it('a young token serves as it is', async () => {
  const session = login();
  clock.freeze(79_999);
  await expect(renewals.usable(session)).resolves.toEqual({ session });
  expect(asked).toEqual([]);
});

it('fifty requests at once share one renewal, and none waits for it while its token serves', async () => {
  const session = login();
  clock.freeze(80_000);
  let release: (value: Tokens) => void = () => undefined;
  answer = () => new Promise((resolve) => (release = resolve));
  const all = await Promise.all(Array.from({ length: 50 }, () => renewals.usable({ ...session })));
  expect(new Set(all.map((one) => one.session.accessToken))).toEqual(new Set(['access-0']));
  release(tokens(1));
  const coming = await Promise.all(all.map(async (one) => one.coming));
  expect(new Set(coming.map((one) => one?.accessToken))).toEqual(new Set(['access-1']));
  expect(asked).toEqual(['refresh-0']);
});

it('requests whose token has expired wait for one renewal', async () => {
  const session = login();
  clock.freeze(LIFE_SECONDS * 1_000);
  let release: (value: Tokens) => void = () => undefined;
  answer = () => new Promise((resolve) => (release = resolve));
  const first = usable(session);
  await settled();
  const second = usable({ ...session });
  await settled();
  release(tokens(1));
  await expect(Promise.all([first, second])).resolves.toMatchObject([
    { accessToken: 'access-1' },
    { accessToken: 'access-1' },
  ]);
  expect(asked).toEqual(['refresh-0']);
});

it('the old cookie leads to the new session until the browser has brought that, and a minute longer', async () => {
  const session = login();
  clock.freeze(80_000);
  const next = await renewed(session);
  expect(next).toMatchObject({ accessToken: 'access-1', refreshToken: 'refresh-1' });
  clock.freeze(15 * 60_000);
  await expect(renewals.latest(session)).resolves.toBe(next);

  answer = () => new Promise(() => undefined);
  void renewals.usable(next);
  clock.freeze(59_999);
  void renewals.usable(next);
  clock.freeze(2);
  answer = (count) => Promise.resolve(tokens(count));
  expect(await usable(session)).toMatchObject({ refreshToken: 'refresh-3' });
  expect(asked).toEqual(['refresh-0', 'refresh-1', 'refresh-0']);
});

it('whoever is two renewals behind is given the last', async () => {
  answer = (count) => Promise.resolve({ ...tokens(count), lifeSeconds: 10 });
  const session = login();
  clock.freeze(80_000);
  const next = await renewed(session);
  clock.freeze(8_000);
  await renewed(next);
  await expect(usable(session)).resolves.toMatchObject({ accessToken: 'access-2' });
  expect(asked).toEqual(['refresh-0', 'refresh-1']);
});

describe('a provider that sends no new refresh token (RFC 6749 §6)', () => {
  const withoutRefreshToken = (count: number): Tokens => ({
    accessToken: `access-${count}`,
    lifeSeconds: LIFE_SECONDS,
  });

  it('renews one session again and again', async () => {
    answer = (count) => Promise.resolve(withoutRefreshToken(count));
    let session = login();
    for (let count = 1; count <= 20; count += 1) {
      clock.freeze(LIFE_SECONDS * 1_000);
      session = await usable(session);
      expect(session).toMatchObject({ accessToken: `access-${count}`, refreshToken: 'refresh-0' });
    }
    expect(asked).toEqual(Array.from({ length: 20 }, () => 'refresh-0'));
  });

  it('may even send the same access token: whoever comes with an old cookie has an answer', async () => {
    answer = () => Promise.resolve({ ...withoutRefreshToken(0), lifeSeconds: LIFE_SECONDS });
    const session = login();
    clock.freeze(80_000);
    await renewed(session);
    await renewed(session);
    await expect(usable(session)).resolves.toMatchObject({ accessToken: 'access-0', renewals: 1 });
  });

  it('never sends anybody in a circle, even if a handed-over session leads to itself', async () => {
    const session = login();
    const circle = new Renewals({
      clock,
      keptMs: KEPT_MS,
      renew: () => Promise.reject(new Error('not asked')),
      handover: { renew: () => Promise.resolve(session), received: () => undefined },
    });
    clock.freeze(80_000);
    await circle.usable(session);
    await settled();
    await expect(circle.latest(session)).resolves.toBe(session);
  });
});

describe('while the provider does not answer', () => {
  beforeEach(() => {
    answer = () => Promise.reject(new ProviderUnavailableError('https://idp.example', 'ECONNREFUSED', 5));
  });

  it('ten requests at once are all served by a token that is good for a while', async () => {
    const session = login();
    clock.freeze(LIFE_SECONDS * 1_000 - 50);
    const all = await Promise.all(Array.from({ length: 10 }, () => usable({ ...session })));
    expect(all).toEqual(all.map(() => session));
    expect(asked).toHaveLength(1);
  });

  it('the old token serves until it expires, then there is an error that says so', async () => {
    const session = login();
    clock.freeze(99_999);
    await expect(usable(session)).resolves.toBe(session);
    clock.freeze(1);
    await expect(usable(session)).rejects.toMatchObject({ code: 'ERR_PROVIDER_UNAVAILABLE' });
  });

  it('it is asked for one session every two seconds, however many want something', async () => {
    const session = login();
    clock.freeze(LIFE_SECONDS * 1_000);
    for (let count = 0; count < 20; count += 1) await usable(session).catch(() => undefined);
    expect(asked).toHaveLength(1);
    clock.freeze(2_001);
    answer = () => Promise.resolve(tokens(2));
    await expect(usable(session)).resolves.toMatchObject({ accessToken: 'access-2' });
  });
});

describe('a session that the provider ended', () => {
  beforeEach(() => {
    answer = () => Promise.reject(new ProviderRefusedError('https://idp.example', 'invalid_grant'));
  });

  it('is not asked for in vain again by the same requests', async () => {
    const session = login();
    clock.freeze(LIFE_SECONDS * 1_000);
    const both = [usable(session), usable(session)];
    await expect(Promise.allSettled(both)).resolves.toMatchObject([
      { status: 'rejected', reason: { reason: 'invalid_grant' } },
      { status: 'rejected', reason: { reason: 'invalid_grant' } },
    ]);
    expect(asked).toHaveLength(1);
  });

  it('is over for the next request, although its token would serve', async () => {
    const session = login();
    clock.freeze(80_000);
    await expect(usable(session)).resolves.toBe(session);
    await settled();
    await expect(usable(session)).rejects.toMatchObject({ reason: 'invalid_grant' });
    expect(asked).toHaveLength(1);
  });
});

it('whatever is answered to one session’s renewal, another session gets what it gets alone', async () => {
  const answers: readonly (() => Promise<Tokens>)[] = [
    () => Promise.resolve(tokens(1)),
    () => Promise.resolve({ accessToken: 'access', lifeSeconds: 1 }),
    () => Promise.reject(new ProviderUnavailableError('https://idp.example', 'it answered 503', 5)),
    ...['invalid_grant', 'login_required', 'invalid_request'].map(
      (reason) => () => Promise.reject(new ProviderRefusedError('https://idp.example', reason)),
    ),
    () => Promise.reject(new Error('what nobody expected')),
    () => new Promise<Tokens>(() => undefined),
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...answers), { maxLength: 5 }),
      fc.constantFrom(...answers.slice(0, -1)),
      fc.integer({ min: 0, max: 2 * LIFE_SECONDS * 1_000 }),
      async (others, hers, laterMs) => {
        const outcome = async (before: readonly (() => Promise<Tokens>)[]): Promise<unknown> => {
          const now = manualClock();
          const adas = newSession(tokens(0), 'ada', now.wall());
          let next = hers;
          const together = new Renewals({
            clock: now,
            keptMs: KEPT_MS,
            handover: alone,
            renew: async (session) => renewedSession(session, await next(), now.wall()),
          });
          now.freeze(laterMs);
          for (const other of before) {
            next = other;
            void together
              .usable({ ...newSession(tokens(0), 'eve', now.wall() - laterMs) })
              .catch(() => undefined);
            await settled();
          }
          next = hers;
          const [answered] = await Promise.allSettled([together.usable(adas)]);
          if (answered.status === 'rejected') return String(answered.reason);
          return { ...answered.value.session, id: 'hers' };
        };
        expect(await outcome(others)).toEqual(await outcome([]));
      },
    ),
    { numRuns: 100 },
  );
});

it('forgets what is over: memory does not grow with time', async () => {
  const session = login();
  clock.freeze(80_000);
  await renewed(session);
  clock.freeze(KEPT_MS + 1);
  await expect(renewals.latest(session)).resolves.toBe(session);
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
