/** What every store must do, whatever it is made of. Times are the test's own: nothing waits. */
import fc from 'fast-check';
import type { Decision, Store } from '../../../../runtime/src/rate-limit/store/store';
import { Shape, stemOf, type Counters } from '../../../../runtime/src/rate-limit/store/shape';
import { AdmissionLog, EXACT, ONE_BUCKET, type ModelWindow } from './model';

export interface StoreUnderTest {
  readonly store: Store;
  /** Sets the time at which the store decides for a client. */
  setNow(client: string, nowMs: number): void | Promise<void>;
}

/** The windows of the stores under test. The second one's buckets are no whole number of milliseconds. */
export const WINDOWS_MS = [60_000, 7_000];

/** Windows from the shortest that a policy takes to the longest, some of whose buckets are no whole milliseconds. */
const POLICY_WINDOWS_MS = [1_000, 2_000, 7_000, 60_000, 3_600_000, 86_400_000, 31 * 86_400_000];

/** A tier that limits both windows and one that limits the longer only. */
const STRICT = [30, 9];
const TIERS: Record<string, readonly number[]> = { strict: STRICT, loose: [100, Infinity] };
const START = 1_800_000_000_000;

type Step =
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'charge'; readonly cost: number; readonly tier: string }
  | { readonly do: 'refund'; readonly which: number; readonly amount: number };

const boundaries = WINDOWS_MS.flatMap((windowMs) => {
  const bucket = windowMs / 60;
  return [bucket, windowMs - bucket, windowMs, windowMs + bucket, windowMs + 2 * bucket].flatMap((ms) => [
    Math.floor(ms) - 1,
    Math.floor(ms),
    Math.ceil(ms) + 1,
  ]);
});

const wait = fc.record({
  do: fc.constant('wait' as const),
  ms: fc.oneof(fc.constantFrom(0, 1, ...boundaries), fc.nat(3_000), fc.nat(130_000)),
});
const charge = fc.record({
  do: fc.constant('charge' as const),
  cost: fc.oneof(fc.nat(3), fc.nat(12)),
  tier: fc.constantFrom('strict', 'strict', 'strict', 'loose'),
});
const refund = fc.record({ do: fc.constant('refund' as const), which: fc.nat(5), amount: fc.nat(8) });
const life = fc.array(
  fc.oneof(
    { arbitrary: charge, weight: 6 },
    { arbitrary: wait, weight: 3 },
    { arbitrary: refund, weight: 1 },
  ),
  { minLength: 10, maxLength: 60 },
);

let clients = 0;

/** Defines the suite. `under` is asked for when the tests run, after the suite's own beforeAll. */
export function conforms(under: () => StoreUnderTest, runs: number): void {
  const freshClient = (): string => `client-${(clients += 1)}`;

  const at = async (
    client: string,
    nowMs: number,
    cost: number,
    limits: readonly number[],
  ): Promise<Decision> => {
    await under().setNow(client, nowMs);
    return under().store.charge({ client, cost, limits });
  };

  test('no trailing window is ever above its limit, and no call waits more than a bucket too long', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(60_000), life, async (offset, steps) => {
        await live(under(), freshClient(), START + offset, steps);
      }),
      { numRuns: runs },
    );
  });

  test('what retryAfter says is enough, and one millisecond less is not', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(60_000),
        fc.array(fc.tuple(fc.nat(2_500), fc.integer({ min: 1, max: 4 })), { minLength: 8, maxLength: 30 }),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom(STRICT, [12, 9], [10, Infinity], [Infinity, 9]),
        async (offset, calls, cost, limits) => {
          const client = freshClient();
          let now = START + offset;
          for (const [ms, spend] of calls) await at(client, (now += ms), spend, limits);
          const refused = await at(client, now, cost, limits);
          if (refused.allowed) return;
          expect((await at(client, now + refused.retryAfterMs - 1, cost, limits)).allowed).toBe(false);
          expect((await at(client, now + refused.retryAfterMs, cost, limits)).allowed).toBe(true);
        },
      ),
      { numRuns: Math.ceil(runs / 3) },
    );
  });

  test('at reset the whole limit is free, and one millisecond before it is not', async () => {
    for (const offset of [0, 1, 116, 117, 999, 1_000, 59_999]) {
      const client = freshClient();
      const spent = await at(client, START + offset, 9, [9, 9]);
      expect((await at(client, START + offset + spent.resetMs[0]! - 1, 0, [9, 9])).used).toEqual([9, 0]);
      const later = await at(client, START + offset + spent.resetMs[0]!, 0, [9, 9]);
      expect(later.used).toEqual([0, 0]);
      expect(later.resetMs).toEqual([0, 0]);
    }
  });

  /** Whose calls count in one window of this length alone. */
  const inWindow = (client: string, windowMs: number): Counters => {
    const shape = new Shape([windowMs]);
    return { id: client, shape, keys: shape.keys([stemOf(client)]) };
  };

  test('a client paced at exactly its limit gets 60/61 of it, whatever window the policy takes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(60_000),
        fc.constantFrom(...POLICY_WINDOWS_MS),
        fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 10, max: 130 })),
        fc.integer({ min: 1, max: 9 }),
        async (phase, windowMs, calls, cost) => {
          const client = freshClient();
          const request = { client, cost, limits: [calls * cost], counters: inWindow(client, windowMs) };
          let admitted = 0;
          for (let call = 0; call < 3 * calls; call += 1) {
            await under().setNow(client, START + phase + Math.floor((call * windowMs) / calls));
            if ((await under().store.charge(request)).allowed) admitted += 1;
          }
          expect(admitted).toBeGreaterThanOrEqual(Math.floor((3 * calls * 60) / 61));
        },
      ),
      { numRuns: Math.ceil(runs / 4) },
    );
  });

  test('a call a full window after the last one is admitted, and one a millisecond earlier is not', async () => {
    for (const windowMs of POLICY_WINDOWS_MS)
      for (const phase of [0, 1, 16, 999, 12_345]) {
        const client = freshClient();
        const request = { client, cost: 1, limits: [1], counters: inWindow(client, windowMs) };
        const at = async (ms: number): Promise<boolean> => {
          await under().setNow(client, START + phase + ms);
          return (await under().store.charge(request)).allowed;
        };
        expect([await at(0), await at(windowMs - 1), await at(windowMs), await at(2 * windowMs)]).toEqual([
          ...[true, false, true, true],
        ]);
      }
  });

  test('of several keys at once none is ever above its limit, and a call that does not fit in one is charged in none', async () => {
    const shape = new Shape([7_000, 60_000, 86_400_000], [false, false, false]);
    const limits = [6, 20, 40];
    const call = fc.record({
      user: fc.nat(2),
      cost: fc.integer({ min: 1, max: 4 }),
      waitMs: fc.oneof(fc.constantFrom(0, 1, 111, 7_000, 60_000), fc.nat(2_000), fc.nat(20_000)),
      refund: fc.oneof({ arbitrary: fc.constant(0), weight: 5 }, { arbitrary: fc.nat(3), weight: 1 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.nat(60_000),
        fc.array(call, { minLength: 20, maxLength: 60 }),
        async (offset, calls) => {
          const client = freshClient();
          const ofAll = new AdmissionLog();
          const ofUser = [new AdmissionLog(), new AdmissionLog(), new AdmissionLog()];
          let now = START + offset;
          for (const { user, cost, waitMs, refund } of calls) {
            await under().setNow(client, (now += waitMs));
            const keys = shape.keys([stemOf(client, `u${user}`), stemOf(client), stemOf(client)]);
            const counters = { id: `${client} ${user}`, shape, keys };
            const decision = await under().store.charge({ client, cost, limits, counters });
            const fits = (late: (windowMs: number) => number): boolean =>
              ofUser[user]!.fits(now, cost, [{ windowMs: 7_000, limit: 6 }], late) &&
              ofAll.fits(
                now,
                cost,
                [
                  { windowMs: 60_000, limit: 20 },
                  { windowMs: 86_400_000, limit: 40 },
                ],
                late,
              );
            expect(fits(decision.allowed ? EXACT : ONE_BUCKET)).toBe(decision.allowed);
            if (!decision.allowed) continue;
            const back = Math.min(refund, cost);
            if (back > 0) await under().store.refund(client, back, decision.buckets, counters);
            for (const log of [ofAll, ofUser[user]!]) log.admit(now, cost - back);
          }
        },
      ),
      { numRuns: Math.ceil(runs / 3) },
    );
  });

  test('a limit in shadow refuses nothing and counts what it would admit; those beside it stay exact', async () => {
    const shape = new Shape([7_000, 60_000], [true, false]);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(1_500), fc.integer({ min: 1, max: 3 })), { minLength: 20, maxLength: 50 }),
        async (calls) => {
          const client = freshClient();
          const counters = { id: client, shape, keys: shape.keys([stemOf(client)]) };
          const [enforced, tried] = [new AdmissionLog(), new AdmissionLog()];
          let now = START;
          for (const [waitMs, cost] of calls) {
            await under().setNow(client, (now += waitMs));
            const decision = await under().store.charge({ client, cost, limits: [6, 20], counters });
            const late = decision.allowed ? EXACT : ONE_BUCKET;
            expect(enforced.fits(now, cost, [{ windowMs: 60_000, limit: 20 }], late)).toBe(decision.allowed);
            if (!decision.allowed) continue;
            enforced.admit(now, cost);
            const isTried = decision.shadowRetryAfterMs === 0;
            const triedLate = isTried ? EXACT : ONE_BUCKET;
            expect(tried.fits(now, cost, [{ windowMs: 7_000, limit: 6 }], triedLate)).toBe(isTried);
            if (isTried) tried.admit(now, cost);
            expect(decision.buckets[0] === -1).toBe(!isTried);
          }
        },
      ),
      { numRuns: Math.ceil(runs / 3) },
    );
  });

  test('large amounts, long pauses and many charges of one bucket are kept as they are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...POLICY_WINDOWS_MS),
        fc.array(fc.tuple(fc.double({ min: 0, max: 0.4, noNaN: true }), fc.integer({ min: 0, max: 52 })), {
          minLength: 1,
          maxLength: 30,
        }),
        async (windowMs, charges) => {
          const client = freshClient();
          const log = new AdmissionLog();
          const request = { client, limits: [Infinity], counters: inWindow(client, windowMs) };
          let now = START;
          for (const [pause, power] of charges) {
            now += Math.floor(pause * windowMs);
            // All of them together stay below 2^53, where numbers end.
            const cost = Math.ceil(2 ** power / 64);
            await under().setNow(client, now);
            const { used } = await under().store.charge({ ...request, cost });
            log.admit(now, cost);
            expect(used[0]).toBeGreaterThanOrEqual(log.spent(now, windowMs));
            expect(used[0]).toBeLessThanOrEqual(log.spent(now, windowMs + Math.ceil(windowMs / 60) + 1));
          }
        },
      ),
      { numRuns: Math.ceil(runs / 3) },
    );
  });

  test('one call that does not fit in one window is charged in none', async () => {
    const client = freshClient();
    await at(client, START, 9, [30, 9]);
    const refused = await at(client, START, 1, [30, 9]);
    expect(refused).toMatchObject({ allowed: false, used: [9, 9] });
    expect((await at(client, START + 8_000, 0, [30, 9])).used).toEqual([9, 0]);
  });

  test('a cost above the limit never fits, and says so', async () => {
    const client = freshClient();
    expect(await at(client, START, 31, [30, Infinity])).toMatchObject({
      allowed: false,
      retryAfterMs: Infinity,
    });
    expect((await at(client, START, 30, [30, Infinity])).allowed).toBe(true);
  });

  test('a call that costs nothing is always admitted, even above a limit that was lowered', async () => {
    const client = freshClient();
    await at(client, START, 50, [100, Infinity]);
    expect(await at(client, START, 0, [30, 9])).toMatchObject({ allowed: true, used: [50, 50] });
  });

  test('a clock that steps back gives nothing back early', async () => {
    const client = freshClient();
    await at(client, START + 30_000, 9, [9, Infinity]);
    expect((await at(client, START, 1, [9, Infinity])).allowed).toBe(false);
    expect((await at(client, START + 89_999, 1, [9, Infinity])).allowed).toBe(false);
    expect((await at(client, START + 91_000, 1, [9, Infinity])).allowed).toBe(true);
  });

  test('a clock that was ahead keeps nobody for more than two windows more, and gives nothing back early', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(60_000),
        fc.oneof(fc.nat(3_000), fc.nat(300_000), fc.nat(86_400_000)),
        fc.array(fc.nat(2_500), { minLength: 1, maxLength: 20 }),
        async (offset, ahead, waits) => {
          const client = freshClient();
          const limits = [waits.length, Infinity];
          let now = START + offset + ahead;
          for (const wait of waits) await at(client, (now += wait), 1, limits);
          const told = await at(client, (now -= ahead), waits.length, limits);
          expect(told.allowed).toBe(false);
          // Nothing is free before a window has passed since it was charged, which is now or earlier.
          const elapsed = (index: number): number => waits.slice(index + 1).reduce((sum, ms) => sum + ms, 0);
          for (const [index] of waits.entries()) {
            const freeAt = Math.max(now, now + 60_000 - elapsed(index));
            const { used } = await at(client, freeAt - 1, 0, limits);
            if (freeAt > now) expect(used[0]).toBeGreaterThanOrEqual(waits.length - index);
          }
          expect((await at(client, now + told.retryAfterMs, waits.length, limits)).allowed).toBe(true);
          expect(told.retryAfterMs).toBeLessThanOrEqual(62_000 + (ahead > 127_000 ? 0 : ahead));
        },
      ),
      { numRuns: Math.ceil(runs / 3) },
    );
  });

  test('a refund goes to the bucket charged, never below zero, and not to one that is gone', async () => {
    const client = freshClient();
    const first = await at(client, START, 4, [9, Infinity]);
    const second = await at(client, START + 30_000, 5, [9, Infinity]);
    await under().store.refund(client, 100, first.buckets);
    expect((await at(client, START + 30_000, 0, [9, Infinity])).used[0]).toBe(5);
    await at(client, START + 70_000, 1, [9, Infinity]);
    await under().store.refund(client, 4, first.buckets);
    expect((await at(client, START + 70_000, 0, [9, Infinity])).used[0]).toBe(6);
    await under().store.refund(client, 2, second.buckets);
    expect((await at(client, START + 70_000, 0, [9, Infinity])).used[0]).toBe(4);
  });

  test('a refund that empties the newest bucket brings the reset forward to what is still charged', async () => {
    const client = freshClient();
    const first = await at(client, START, 4, [9, Infinity]);
    const second = await at(client, START + 30_000, 5, [9, Infinity]);
    await under().store.refund(client, 5, second.buckets);
    const after = await at(client, START + 30_000, 0, [9, Infinity]);
    expect(after).toMatchObject({ used: [4, 0], resetMs: [first.resetMs[0]! - 30_000, 0] });
    // What is charged later counts in full, and is given back in its turn.
    const third = await at(client, START + 31_000, 5, [9, Infinity]);
    expect(third).toMatchObject({ used: [9, 5], resetMs: [60_000, third.resetMs[1]] });
    expect((await at(client, START + 61_000, 0, [9, Infinity])).used[0]).toBe(5);
    await under().store.refund(client, 5, third.buckets);
    expect(await at(client, START + 61_000, 0, [9, Infinity])).toMatchObject({
      used: [0, 0],
      resetMs: [0, 0],
    });
  });

  test('requests of one moment are decided in the order in which they came, each on its own', async () => {
    const [one, two] = [freshClient(), freshClient()];
    await under().setNow(one, START);
    await under().setNow(two, START);
    const decide = (client: string, cost: number) => under().store.charge({ client, cost, limits: [9, 9] });
    const decisions = await Promise.all([
      decide(one, 6),
      decide(two, 9),
      decide(one, 6),
      decide(one, 3),
      decide(two, 1),
    ]);
    expect(decisions.map(({ allowed }) => allowed)).toEqual([true, true, false, true, false]);
    expect(decisions.map(({ used }) => used[0])).toEqual([6, 9, 6, 9, 9]);
  });
}

/** One client's life against the log. */
async function live(
  { store, setNow }: StoreUnderTest,
  client: string,
  from: number,
  steps: readonly Step[],
): Promise<void> {
  const log = new AdmissionLog();
  const charged: { entry: { at: number; cost: number }; buckets: readonly number[] }[] = [];
  let now = from;
  await setNow(client, now);
  for (const step of steps) {
    if (step.do === 'wait') {
      now += step.ms;
      await setNow(client, now);
    } else if (step.do === 'charge') {
      const limits = TIERS[step.tier]!;
      const windows: ModelWindow[] = WINDOWS_MS.map((windowMs, w) => ({ windowMs, limit: limits[w]! }));
      const decision = await store.charge({ client, cost: step.cost, limits });
      if (step.cost === 0) expect(decision.allowed).toBe(true);
      else if (decision.allowed) expect(log.fits(now, step.cost, windows, EXACT)).toBe(true);
      else expect(log.fits(now, step.cost, windows, ONE_BUCKET)).toBe(false);

      if (!decision.allowed) {
        expect(decision.retryAfterMs + now).toBeGreaterThanOrEqual(
          log.fitsFrom(now, step.cost, windows, EXACT),
        );
        expect(decision.retryAfterMs + now).toBeLessThanOrEqual(
          log.fitsFrom(now, step.cost, windows, ONE_BUCKET),
        );
      } else if (step.cost > 0) {
        log.admit(now, step.cost);
        charged.push({ entry: log.entries.at(-1)!, buckets: decision.buckets });
      }
    } else {
      const target = charged.at(-1 - step.which);
      if (target === undefined) continue;
      const amount = Math.min(step.amount, target.entry.cost);
      target.entry.cost -= amount;
      await store.refund(client, amount, target.buckets);
    }
  }
}
