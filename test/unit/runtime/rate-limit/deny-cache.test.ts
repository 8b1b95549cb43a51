import { DenyCache } from '../../../../runtime/src/rate-limit/decide/deny-cache';
import type { Charge, Decision } from '../../../../runtime/src/rate-limit/store/store';

const LIMITS = [100];
const call = (client: string, cost: number, limits: readonly number[] = LIMITS): Charge => ({
  client,
  cost,
  limits,
});
const denied = (retryAfterMs: number): Decision => ({
  by: 'store',
  allowed: false,
  retryAfterMs,
  nowMs: 1_800_000_000_000,
  limits: LIMITS,
  used: [100],
  resetMs: [61_000],
  buckets: [7],
});

let nowMs: number;
let cache: DenyCache;
beforeEach(() => {
  nowMs = 5_000;
  cache = new DenyCache(() => nowMs);
});

test('a denial is repeated for one second, its times going down with the clock', () => {
  cache.note(call('acme', 5), denied(30_000));
  nowMs += 999;
  expect(cache.find(call('acme', 5))).toEqual({
    ...denied(30_000 - 999),
    by: 'cache',
    nowMs: 1_800_000_000_999,
    resetMs: [61_000 - 999],
  });
  nowMs += 1;
  expect(cache.find(call('acme', 5))).toBeUndefined();
});

test('never beyond the moment when the call fits', () => {
  cache.note(call('acme', 5), denied(200));
  nowMs += 199;
  expect(cache.find(call('acme', 5))?.retryAfterMs).toBe(1);
  nowMs += 1;
  expect(cache.find(call('acme', 5))).toBeUndefined();
});

test('a call that can never fit is repeated for a second as well', () => {
  cache.note(call('acme', 500), denied(Infinity));
  nowMs += 500;
  expect(cache.find(call('acme', 500))?.retryAfterMs).toBe(Infinity);
  nowMs += 500;
  expect(cache.find(call('acme', 500))).toBeUndefined();
});

test('another cost, another client or other limits go to the store', () => {
  cache.note(call('acme', 5), denied(30_000));
  expect(cache.find(call('acme', 4))).toBeUndefined();
  expect(cache.find(call('acme', 6))).toBeUndefined();
  expect(cache.find(call('other', 5))).toBeUndefined();
  // A tier, an override or a policy that changed has limits of its own, even where the numbers are the same.
  expect(cache.find(call('acme', 5, [100]))).toBeUndefined();
});

test('denials of several costs live side by side, and what is forgotten is forgotten for all of them', () => {
  cache.note(call('acme', 5), denied(30_000));
  cache.note(call('acme', 20), denied(40_000));
  expect(cache.find(call('acme', 5))?.retryAfterMs).toBe(30_000);
  expect(cache.find(call('acme', 20))?.retryAfterMs).toBe(40_000);
  cache.forget('acme');
  expect(cache.find(call('acme', 5))).toBeUndefined();
  expect(cache.find(call('acme', 20))).toBeUndefined();
});

test('an admission is not remembered', () => {
  cache.note(call('acme', 5), { ...denied(0), allowed: true });
  expect(cache.find(call('acme', 5))).toBeUndefined();
});

test('however many clients are denied, and at however many costs, memory is bounded', () => {
  for (let client = 0; client < 25_000; client += 1) cache.note(call(`client-${client}`, 5), denied(30_000));
  expect(cache.size).toBeLessThanOrEqual(10_000);
  expect(cache.find(call('client-24999', 5))).toBeDefined();
  for (let cost = 1; cost <= 50; cost += 1) cache.note(call('acme', cost), denied(30_000));
  const remembered = Array.from({ length: 50 }, (_, i) => cache.find(call('acme', i + 1)) !== undefined);
  expect(remembered.filter(Boolean)).toHaveLength(16);
});

test('an admission forgets what was denied before it, of any cost: the window has changed', () => {
  cache.note(call('acme', 4), denied(1_000));
  cache.note(call('acme', 1), { ...denied(0), allowed: true });
  expect(cache.find(call('acme', 4))).toBeUndefined();
});
