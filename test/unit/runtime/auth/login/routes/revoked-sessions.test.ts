/** What becomes of a session of login() when somebody revokes it, its person, or their organisation. */
import fc from 'fast-check';
import { policy } from '../../../../../../policy';
import type { Revocation } from '../../../../../../runtime/src/auth';
import {
  ProviderRefusedError,
  ProviderUnavailableError,
} from '../../../../../../runtime/src/auth/provider/errors';
import type { Tokens } from '../../../../../../runtime/src/auth/provider/provider';
import { Follower } from '../../../../../../runtime/src/auth/revocation/follow-revocations';
import { resolveRevocation } from '../../../../../../runtime/src/auth/revocation/options';
import { manualClock, settled, type ManualClock } from '../../../../../support/clock';
import {
  cookieAfter,
  isCleared,
  LIFE_SECONDS,
  servePeople,
  SESSION,
  tokensOf,
  type People,
} from '../../../../../support/auth/people';
import { until } from '../../../../../support/until';

const { issuer } = policy;
const ORDINARY = '/api/me';
const SENSITIVE = '/api/exports/a-link';

let clock: ManualClock;
let follower: Follower;
let people: People;
/** Refresh tokens as the provider got them. */
let refreshed: string[];
let refresh: (refreshToken: string) => Promise<Tokens>;
let handling: () => Promise<unknown>;

/** The clock leaps, and the deny-list forgets what is over by then. */
async function later(milliseconds: number): Promise<void> {
  clock.freeze(milliseconds);
  await clock.advance(0);
}
const seconds = (): number => Math.floor(clock.wall() / 1_000);
/** Tokens that the provider issues now: an ID token with a `sid`, an access token without one. */
const issued = (claims: object = {}, more: Partial<Tokens> = {}): Tokens =>
  tokensOf(
    { iss: issuer, sub: 'ada', org_id: 'org-1', iat: seconds(), jti: `jti-${clock.wall()}`, ...claims },
    { sid: 'sid-1', issuedAt: seconds(), ...more },
  );

async function arrange(sessions?: number): Promise<void> {
  clock = manualClock();
  refreshed = [];
  refresh = () => Promise.resolve(issued());
  handling = () => Promise.resolve();
  const onEvent = (event: unknown) => void events.push(event);
  const redis = { isReady: true, sendCommand: () => Promise.resolve([]) };
  follower = new Follower(resolveRevocation({ policy, redis, onEvent }), clock, {
    ...(sessions !== undefined && { sessions }),
  });
  people = await servePeople({
    clock,
    handling: () => handling(),
    revocations: follower,
    provider: {
      refresh: (refreshToken) => {
        refreshed.push(refreshToken);
        return refresh(refreshToken);
      },
    },
  });
}
let events: unknown[];
beforeEach(async () => {
  events = [];
  await arrange();
});
afterEach(async () => {
  follower.close();
  await people.stop();
});

it.each<[string, Revocation, object]>([
  ['its person', { issuer, subject: 'ada' }, {}],
  ['its organisation', { issuer, organisation: 'org-1' }, {}],
  ['it by its sid, which access tokens do not have', { issuer, sid: 'sid-1' }, {}],
  ['it by its sid, which access tokens have', { issuer, sid: 'sid-1' }, { sid: 'sid-1' }],
  ['it by sid and subject', { issuer, sid: 'sid-1', subject: 'ada' }, {}],
])(
  'who revokes %s ends it: 401 and the cookie cleared, for as long as it could live',
  async (_what, revocation, claims) => {
    const cookie = await people.cookieOf(issued(claims));
    expect((await people.get(ORDINARY, cookie)).status).toBe(200);
    await follower.revoke(revocation);
    for (let minutes = 0; minutes < 60; minutes += 5) {
      const answer = await people.get(ORDINARY, cookie);
      expect([answer.status, isCleared(answer)]).toEqual([401, true]);
      await later(300_000);
    }
    expect(refreshed).toEqual([]);
    expect(people.events).toContainEqual({ type: 'session_ended', subject: 'ada', cause: 'revoked' });
  },
);

it('a session that is renewed all day is refused on the last moment of it as on the first', async () => {
  const begun = await people.cookieOf(issued());
  await follower.revoke({ issuer, subject: 'ada' });
  await later((policy.lifetimes.sessionSeconds - 60) * 1_000);
  // A thief's renewals on an instance that had missed the revocation until now.
  const old = await people.sealed({
    ...{ id: 'a', renewals: 40, subject: 'ada', sid: 'sid-1' },
    issuedAt: seconds() - policy.lifetimes.sessionSeconds + 60,
    accessToken: issued().accessToken,
    refreshToken: 'refresh',
    loggedInAt: clock.wall() - policy.lifetimes.sessionSeconds * 1_000 + 60_000,
    ...{ renewedAt: clock.wall(), expiresAt: clock.wall() + LIFE_SECONDS * 1_000 },
  });
  expect((await people.get(ORDINARY, old)).status).toBe(401);
  expect((await people.get(ORDINARY, begun)).status).toBe(401);
});

it.each<[string, Revocation]>([
  ['another person', { issuer, subject: 'grace' }],
  ['another session of the same person', { issuer, sid: 'sid-2', subject: 'ada' }],
  ['another organisation', { issuer, organisation: 'org-2' }],
])('who revokes %s ends no other session', async (_what, revocation) => {
  const cookie = await people.cookieOf(issued());
  await follower.revoke(revocation);
  expect((await people.get(ORDINARY, cookie)).status).toBe(200);
});

it('who logs in again after a revocation has a session', async () => {
  await follower.revoke({ issuer, subject: 'ada' });
  await later(6_000);
  const cookie = await people.cookieOf(issued());
  expect((await people.get(SENSITIVE, cookie)).status).toBe(200);
});

it('a token that was revoked by its jti is replaced, for the session was not', async () => {
  const cookie = await people.cookieOf(issued({ jti: 'stolen' }));
  await later(60_000);
  await follower.revoke({ issuer, jti: 'stolen' });
  const answer = await people.get(ORDINARY, cookie);
  expect([answer.status, answer.token?.jti]).toEqual([200, `jti-${clock.wall()}`]);
  expect(refreshed).toEqual(['refresh']);
});

it('a phone stays logged in when the laptop logs out, although its tokens name no session', async () => {
  const phone = await people.cookieOf(issued({}, { sid: 'phone' }));
  await later(60_000);
  await follower.revoke({ issuer, sid: 'laptop', subject: 'ada', issuedUntil: seconds() });
  await clock.advance(1_000);
  const answer = await people.get(ORDINARY, phone);
  expect([answer.status, answer.token?.iat]).toEqual([200, seconds()]);
});

it('who logs out leaves no copy of the cookie that works, even with a provider that revokes nothing', async () => {
  const cookie = await people.cookieOf(issued({ jti: undefined }));
  expect((await people.send('POST', '/auth/logout', cookie)).status).toBe(303);
  expect((await people.get(ORDINARY, cookie)).status).toBe(401);
});

describe('when there is no room for the end of another session', () => {
  beforeEach(async () => {
    follower.close();
    await people.stop();
    await arrange(2);
  });

  it('sensitive routes refuse the sessions that began before, others go on, and an event tells', async () => {
    const before = await people.cookieOf(issued());
    for (const subject of ['a', 'b', 'c', 'd']) await follower.revoke({ issuer, subject });
    expect((await people.get(ORDINARY, before)).status).toBe(200);
    const refused = await people.get(SENSITIVE, before);
    expect([refused.status, isCleared(refused)]).toEqual([401, false]);
    expect((await people.get(ORDINARY, cookieAfter(before, refused))).status).toBe(200);
    expect(events.filter((event) => JSON.stringify(event).includes('full'))).toEqual([
      { type: 'sessions_in_doubt', reason: 'full' },
    ]);

    await later(6_000);
    const after = await people.cookieOf(issued());
    expect((await people.get(SENSITIVE, after)).status).toBe(200);
    expect(
      (
        await people.get(
          ORDINARY,
          await people.cookieOf(issued({ sub: 'a' }, { issuedAt: seconds() - 60 }), 'a'),
        )
      ).status,
    ).toBe(401);
  });
});

it('whatever is revoked of others, and whatever a provider answers to their refreshes, nobody’s answer changes', async () => {
  const refreshes: readonly (() => Promise<Tokens>)[] = [
    () => Promise.resolve(issued()),
    () => Promise.reject(new ProviderUnavailableError(issuer, 'it answered 503', 5)),
    ...['invalid_grant', 'login_required', 'invalid_client'].map(
      (reason) => () => Promise.reject(new ProviderRefusedError(issuer, reason)),
    ),
    () => new Promise<Tokens>(() => undefined),
  ];
  const revocations: readonly Revocation[] = [
    { issuer, subject: 'eve' },
    { issuer, sid: 'sid-eve' },
    { issuer, sid: 'sid-eve', subject: 'eve' },
    { issuer, organisation: 'org-eve' },
    { issuer, jti: 'jti-eve' },
  ];
  const other = fc.record({
    answers: fc.constantFrom(...refreshes),
    revoked: fc.option(fc.constantFrom(...revocations)),
    logsOut: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(other, { maxLength: 4 }),
      fc.constantFrom(...refreshes.slice(0, -1)),
      fc.integer({ min: 0, max: 2 * LIFE_SECONDS * 1_000 }),
      async (others, hers, laterMs) => {
        const outcome = async (before: typeof others): Promise<unknown> => {
          follower.close();
          await people.stop();
          await arrange();
          const ada = await people.cookieOf(issued());
          const claims = { sub: 'eve', org_id: 'org-eve', jti: 'jti-eve' };
          const more = { sid: 'sid-eve', refreshToken: 'refresh-eve' };
          const eves = await Promise.all(before.map(() => people.cookieOf(issued(claims, more), 'eve')));
          clock.freeze(laterMs);
          for (const [index, { answers, revoked, logsOut }] of before.entries()) {
            refresh = answers;
            if (revoked) await follower.revoke(revoked);
            if (logsOut) await people.send('POST', '/auth/logout', eves[index] ?? '');
            // Some of these are never answered: nobody waits for them.
            const asked = people.get(ORDINARY, eves[index] ?? '').catch(() => undefined);
            await Promise.race([asked, settled().then(settled)]);
          }
          refresh = hers;
          const { status, token, cookies } = await people.get(ORDINARY, ada);
          return { status, token, cookies: [...cookies.keys()] };
        };
        expect(await outcome(others)).toEqual(await outcome([]));
      },
    ),
    { numRuns: 40 },
  );
});

it.each([
  ['that waits for its renewal', 1],
  ['that goes on while it is renewed', 0.9],
])('a request %s brings no cookie back once its person has logged out', async (_what, age) => {
  const cookiesOf = async (logsOut: boolean): Promise<readonly string[]> => {
    follower.close();
    await people.stop();
    await arrange();
    const cookie = await people.cookieOf(issued());
    await later(LIFE_SECONDS * 1_000 * age);
    let go = (): void => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    refresh = () => gate.then(() => issued());
    // The handler takes longer than the renewed session takes to be sealed.
    const sealed = (): Promise<string> => people.cookieOf(issued());
    handling = () => gate.then(sealed).then(sealed).then(sealed);
    const answer = people.get(ORDINARY, cookie);
    await until(() => refreshed.length === 1);
    if (logsOut) await follower.revoke({ issuer, subject: 'ada' });
    go();
    return [...(await answer).cookies.keys()];
  };
  expect(await cookiesOf(false)).toEqual([SESSION]);
  expect(await cookiesOf(true)).toEqual([]);
});
