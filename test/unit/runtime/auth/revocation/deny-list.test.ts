import fc from 'fast-check';
import { DenyList } from '../../../../../runtime/src/auth/revocation/deny-list';
import type { Denial } from '../../../../../runtime/src/auth/revocation/denials';
import { manualClock, type ManualClock } from '../../../../support/clock';

const TOKEN_SECONDS = 900;
const TOLERANCE_SECONDS = 5;
const LIFE_SECONDS = TOKEN_SECONDS + 2 * TOLERANCE_SECONDS;

let clock: ManualClock;
beforeEach(() => (clock = manualClock()));

const now = (): number => clock.wall() / 1_000;
const listOf = (most = 100): DenyList =>
  new DenyList({
    lifeSeconds: LIFE_SECONDS,
    toleranceSeconds: TOLERANCE_SECONDS,
    clock,
    most,
  });
type Listed = Omit<Denial, 'scope'>;
const denial = (name: string, issuedUntil = Infinity, since = now()): Listed => ({
  name,
  issuedUntil,
  since,
});

it('refuses what was issued up to the cut-off, and nothing later', () => {
  const list = listOf();
  list.add(denial('subject', 1_000), true);
  expect([999, 1_000, 1_000.5, 1_001].map((issuedAt) => list.denies(['subject'], issuedAt))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(list.denies(['another'], 0)).toBe(false);
});

it('keeps the latest cut-off, in whatever order they come', () => {
  const list = listOf();
  for (const cutOff of [1_000, 3_000, 2_000]) list.add(denial('subject', cutOff), true);
  expect(list.denies(['subject'], 3_000)).toBe(true);
  expect(list.size).toBe(1);
});

it('forgets when the last token that could be refused has ended, not a moment before', () => {
  const list = listOf();
  list.add(denial('token'), true);
  clock.freeze(LIFE_SECONDS * 1_000 - 1);
  list.dropDead();
  expect(list.size).toBe(1);
  clock.freeze(1);
  list.dropDead();
  expect([list.size, list.empty]).toEqual([0, true]);
});

it('counts the age of what it learns of late, and passes over the dead', () => {
  const list = listOf();
  list.add(denial('old', Infinity, now() - LIFE_SECONDS + 1), true);
  list.add(denial('dead', Infinity, now() - LIFE_SECONDS), true);
  expect(list.size).toBe(1);
  clock.freeze(1_000);
  list.dropDead();
  expect(list.size).toBe(0);
});

it('lives no longer for a revoker whose clock is ahead, and forgets nothing when the time is set', () => {
  let setBy = 0;
  const list = new DenyList({
    lifeSeconds: LIFE_SECONDS,
    toleranceSeconds: TOLERANCE_SECONDS,
    clock: { ...clock, wall: () => clock.wall() + setBy },
    most: 100,
  });
  list.add(denial('ahead', Infinity, now() + 3_600), true);
  setBy = 3_600_000;
  list.dropDead();
  expect(list.size).toBe(1);
  clock.freeze(LIFE_SECONDS * 1_000);
  list.dropDead();
  expect(list.size).toBe(0);
});

describe('when it is full', () => {
  it('doubts everything issued up to now instead of forgetting a denial, and takes what is issued later', () => {
    const list = listOf(2);
    expect([list.add(denial('one'), true), list.add(denial('two'), true)]).toEqual([true, true]);
    expect(list.doubts(now())).toBe(false);
    expect(list.add(denial('three'), true)).toBe(false);
    expect(list.size).toBe(2);
    expect(list.doubts(now() + TOLERANCE_SECONDS)).toBe(true);
    expect(list.doubts(now() + TOLERANCE_SECONDS + 0.001)).toBe(false);
    expect(list.denies(['bystander'], now())).toBe(false);
    expect(list.denies(['one'], now() + TOLERANCE_SECONDS + 0.001)).toBe(true);
  });

  it('still takes a later cut-off of who is in it, and others when there is room again', () => {
    const list = listOf(1);
    list.add(denial('subject', 1_000), true);
    expect(list.add(denial('subject', 2_000), true)).toBe(true);
    clock.freeze(LIFE_SECONDS * 1_000);
    expect(list.add(denial('other'), true)).toBe(true);
  });
});

describe('what is not in Redis yet', () => {
  const names = (list: DenyList): string[] => list.notStored().map(({ name }) => name);

  it('is what was revoked here and has not been seen there', () => {
    const list = listOf();
    list.add(denial('here'), false);
    list.add(denial('there'), true);
    expect(list.notStored()).toEqual([denial('here')]);
    list.add(denial('here'), true);
    expect(names(list)).toEqual([]);
  });

  it('is a later cut-off than the one seen there', () => {
    const list = listOf();
    list.add(denial('subject', 2_000), false);
    list.add(denial('subject', 1_000), true);
    expect(list.notStored()).toEqual([denial('subject', 2_000)]);
  });

  it('is everything alive, once the stream is gone', () => {
    const list = listOf();
    list.add(denial('one'), true);
    clock.freeze(1_000);
    list.add(denial('two'), true);
    list.forgetStored();
    expect(names(list)).toEqual(['one', 'two']);
    clock.freeze(LIFE_SECONDS * 1_000 - 1_000);
    list.dropDead();
    expect(names(list)).toEqual(['two']);
  });
});

it('never lets in a revoked token that is alive, however many revocations there are and whenever they come', () => {
  const step = fc.record({
    who: fc.integer({ min: 0, max: 9 }),
    waitSeconds: fc.integer({ min: 0, max: 400 }),
    stored: fc.boolean(),
    whole: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 8 }), (steps, most) => {
      clock = manualClock();
      const list = listOf(most);
      /** The last token that each of them could have when they were revoked. */
      const refused = new Map<string, { name: string; issuedAt: number }>();
      for (const { who, waitSeconds, stored, whole } of steps) {
        const name = `user-${who}`;
        const issuedAt = now() + TOLERANCE_SECONDS;
        list.add(denial(name, whole ? Infinity : issuedAt), stored);
        refused.set(`${name} ${issuedAt}`, { name, issuedAt });
        clock.freeze(waitSeconds * 1_000);
        list.dropDead();
        expect(list.size).toBeLessThanOrEqual(most);
        for (const token of refused.values()) {
          const ended = now() >= token.issuedAt + TOKEN_SECONDS + TOLERANCE_SECONDS;
          const isRefused = list.doubts(token.issuedAt) || list.denies([token.name], token.issuedAt);
          if (!ended) expect(isRefused).toBe(true);
        }
      }
    }),
    { numRuns: 300 },
  );
});
