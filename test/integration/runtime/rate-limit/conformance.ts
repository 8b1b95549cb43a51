/** What every store must do, whatever it is made of. Times are the test's own: nothing waits. */
import fc from 'fast-check';
import type { Decision, Store } from '../../../../runtime/src/rate-limit/store/store';
import { AdmissionLog, EXACT, ONE_BUCKET, type ModelWindow } from './model';

export interface StoreUnderTest {
  readonly store: Store;
  /** Sets the time at which the store decides for a client. */
  setNow(client: string, nowMs: number): void | Promise<void>;
}

/** The windows of the stores under test. The second one's buckets are no whole number of milliseconds. */
export const WINDOWS_MS = [60_000, 7_000];

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

  test('a client paced at exactly its limit, m calls a window, gets at least m of m + ⌈m/60⌉', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(60_000),
        fc.nat(WINDOWS_MS.length - 1),
        fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 10, max: 130 })),
        fc.integer({ min: 1, max: 9 }),
        async (phase, window, calls, cost) => {
          const client = freshClient();
          const limits = WINDOWS_MS.map((_, w) => (w === window ? calls * cost : Infinity));
          let admitted = 0;
          for (let call = 0; call < 3 * calls; call += 1) {
            const nowMs = START + phase + Math.floor((call * WINDOWS_MS[window]!) / calls);
            if ((await at(client, nowMs, cost, limits)).allowed) admitted += 1;
          }
          expect(admitted).toBeGreaterThanOrEqual(
            Math.floor((3 * calls * calls) / (calls + Math.ceil(calls / 60))),
          );
        },
      ),
      { numRuns: Math.ceil(runs / 8) },
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
