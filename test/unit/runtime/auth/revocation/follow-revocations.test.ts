/** When the follower asks, how long it waits, and what it then says. What Redis does is proved on a real one. */
import { followRevocations, type AuthEvent, type RedisCommands } from '@portcullis/runtime';
import { policy } from '../../../../../policy';
import { Follower } from '../../../../../runtime/src/auth/revocation/follow-revocations';
import { resolveRevocation } from '../../../../../runtime/src/auth/revocation/options';
import { manualClock, settled, type ManualClock } from '../../../../support/clock';

let clock: ManualClock;
let sent: string[];
/** How Redis answers from now on; `undefined` never. */
let answer: (() => Promise<unknown>) | undefined;
let redis: { isReady: boolean; sendCommand: RedisCommands['sendCommand'] };
let events: AuthEvent[];
let follower: Follower;

beforeEach(async () => {
  clock = manualClock();
  [sent, events] = [[], []];
  answer = () => Promise.resolve([]);
  redis = {
    isReady: true,
    sendCommand: ([name]) => {
      sent.push(name ?? '');
      return answer?.() ?? new Promise(() => undefined);
    },
  };
  const onEvent = (event: AuthEvent) => void events.push(event);
  follower = new Follower(resolveRevocation({ policy, redis, onEvent }), clock, { tokens: 3 });
  await settled();
});
afterEach(() => follower.close());

const told = () => events.map(({ type }) => type);
const revoke = (subject: string) => follower.revoke({ issuer: policy.issuer, subject });

it('is current as soon as it has read everything, and reads five times a second', async () => {
  expect([follower.current, sent, told()]).toEqual([true, ['XRANGE'], ['revocations_current']]);
  await clock.advance(1_000);
  expect(sent).toHaveLength(6);
  expect(told()).toEqual(['revocations_current']);
});

it('counts as cut off when the last read that succeeded began more than a second ago, and says so once', async () => {
  answer = () => Promise.reject(new Error('ERR no'));
  await clock.advance(1_000);
  expect(follower.current).toBe(true);
  await clock.advance(1);
  expect(follower.current).toBe(false);
  await clock.advance(10_000);
  expect(events.slice(1)).toEqual([{ type: 'revocations_cut_off', cause: 'ERR no' }]);
  answer = () => Promise.resolve([]);
  await clock.advance(200);
  expect([follower.current, told().at(-1)]).toEqual([true, 'revocations_current']);
});

it('keeps the stream for as long as an entry counts, whoever added it, and only when there is a new one', async () => {
  const entry = ['1-0', ['name', 'n'.repeat(22), 'scope', 'tokens', 'issuedUntil', 'Infinity', 'since', '1']];
  answer = () => Promise.resolve([entry]);
  await clock.advance(200);
  expect(sent).toEqual(['XRANGE', 'XRANGE', 'PEXPIRE']);
  await clock.advance(200);
  expect(sent).toEqual(['XRANGE', 'XRANGE', 'PEXPIRE', 'XRANGE']);
});

it('does not trust what it read before it was frozen', () => {
  clock.freeze(1_001);
  expect(follower.current).toBe(false);
});

it('is back within a second although one read got no answer', async () => {
  await clock.advance(199);
  answer = undefined;
  await clock.advance(1);
  answer = () => Promise.resolve([]);
  await clock.advance(799);
  expect([follower.current, told()]).toEqual([true, ['revocations_current']]);
});

it('lets no more than three commands wait for an answer', async () => {
  answer = undefined;
  await clock.advance(60_000);
  expect(sent).toHaveLength(1 + 3);
  await expect(revoke('a')).rejects.toMatchObject({ code: 'ERR_REVOCATION_NOT_STORED' });
  expect(sent).toHaveLength(1 + 3);
});

it('stores any number of revocations at a time', async () => {
  await expect(Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map(revoke))).resolves.toHaveLength(6);
});

it('sends nothing without a connection, and revokes here all the same', async () => {
  redis.isReady = false;
  await expect(revoke('alice')).rejects.toMatchObject({
    code: 'ERR_REVOCATION_NOT_STORED',
    cause: new Error('no connection to Redis'),
  });
  await clock.advance(60_000);
  expect(sent).toEqual(['XRANGE']);
  const alice = {
    issuer: policy.issuer,
    subject: 'alice',
    tier: 'free',
    scopes: [],
    expiresAt: 0,
    claims: {},
  };
  expect(follower.revoked({ ...alice, claims: { iat: clock.wall() / 1_000 - 60 } })).toBe(true);
  expect(follower.revoked({ ...alice, claims: { iat: clock.wall() / 1_000 } })).toBe(false);
  expect(follower.revoked({ ...alice, subject: 'bob' })).toBe(false);
});

it('gives a revocation a second, and says whether it was stored', async () => {
  await expect(revoke('a')).resolves.toBeUndefined();
  answer = undefined;
  const outcome = expect(revoke('b')).rejects.toMatchObject({
    code: 'ERR_REVOCATION_NOT_STORED',
    cause: new Error('Redis did not answer within 1000 ms'),
  });
  await clock.advance(1_000);
  await outcome;
});

it('says once that it cannot put into Redis what is missing there, and when it could', async () => {
  answer = () => (sent.at(-1) === 'EVAL' ? Promise.reject(new Error('OOM')) : Promise.resolve([]));
  await expect(revoke('a')).rejects.toThrow();
  await clock.advance(2_000);
  answer = () => Promise.resolve([]);
  await clock.advance(200);
  expect(events.slice(1, 3)).toEqual([
    { type: 'revocations_not_stored', entries: 1, cause: 'OOM' },
    { type: 'revocations_restored', entries: 1 },
  ]);
});

it('refuses everyone issued up to now for an entry that it cannot read', async () => {
  const mallory = {
    ...{ issuer: policy.issuer, subject: 'mallory', tier: 'free', scopes: [], expiresAt: 0 },
    claims: { iat: clock.wall() / 1_000 },
  };
  expect(follower.revoked(mallory)).toBe(false);
  answer = () => Promise.resolve([['1-0', ['name', 'of another version']]]);
  await clock.advance(400);
  expect(events.slice(1)).toEqual([
    { type: 'everyone_revoked', reason: 'unreadable' },
    { type: 'sessions_in_doubt', reason: 'unreadable' },
  ]);
  expect(follower.revoked(mallory)).toBe(true);
});

it('says once that it is full', async () => {
  for (const subject of ['a', 'b', 'c', 'd', 'e']) await revoke(subject);
  expect(events.slice(1)).toEqual([{ type: 'everyone_revoked', reason: 'full' }]);
});

it('stops when it is closed', async () => {
  follower.close();
  await clock.advance(5_000);
  expect([sent, clock.pending(), told()]).toEqual([['XRANGE'], 0, ['revocations_current']]);
});

it('is not made from wrong options: all problems at once', () => {
  const make = () =>
    followRevocations({
      policy: {},
      redis: {},
      issuers: ['http://x.example'],
      toleranceSeconds: 61,
    } as never);
  expect(make).toThrow(
    expect.objectContaining({
      code: 'ERR_AUTH_OPTIONS_INVALID',
      problems: ['policy', 'redis', 'issuers[0]', 'toleranceSeconds'].map(
        (path) => expect.objectContaining({ path }) as object,
      ),
    }) as Error,
  );
});
