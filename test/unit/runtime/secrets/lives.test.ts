import fc from 'fast-check';
import { inspect } from 'node:util';
import { nextLeaseAction, rotateAt } from '../../../../runtime/src/secrets/lease/lease-life';
import { hideWhenPrinted, Secret } from '../../../../runtime/src/secrets/secret';
import { readAnswer } from '../../../../runtime/src/secrets/vault/answer';
import { endOfTerm, reachedMaximum, renewAt } from '../../../../runtime/src/secrets/vault/token-life';

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const moment = fc.integer({ min: 0, max: 1e12 });
/** 50 of 60 minutes. */
const ROTATE_AT = 50 / 60;
const ttl = fc.integer({ min: 1_000, max: 768 * 3_600_000 });

test('a lease of an hour is replaced at 50 minutes at the latest, and at 47 at the earliest', () => {
  const lease = { obtainedAt: 0, ttlMs: 3_600_000 };
  expect(rotateAt(lease, ROTATE_AT, 0) / 60_000).toBeCloseTo(50);
  expect(rotateAt(lease, ROTATE_AT, 1) / 60_000).toBeCloseTo(47);
});

test('a lease is always replaced before it ends', () => {
  fc.assert(
    fc.property(moment, ttl, random, (obtainedAt, ttlMs, chance) => {
      const at = rotateAt({ obtainedAt, ttlMs }, ROTATE_AT, chance);
      expect(at).toBeGreaterThan(obtainedAt);
      expect(at).toBeLessThan(obtainedAt + ttlMs);
    }),
  );
});

test('a token is renewed between 0.70 and 0.73 of its term, counted from the request', () => {
  fc.assert(
    fc.property(moment, ttl, random, (from, ttlMs, chance) => {
      const share = (renewAt({ from, ttlMs }, chance) - from) / ttlMs;
      expect(share).toBeGreaterThanOrEqual(0.7 - 1e-6);
      expect(share).toBeLessThanOrEqual(0.73 + 1e-6);
      expect(endOfTerm({ from, ttlMs })).toBe(from + ttlMs);
    }),
  );
});

test('a renewal that grants less than was asked for has met the maximum; a lost second is rounding', () => {
  expect(reachedMaximum(25_000, 25_000)).toBe(false);
  expect(reachedMaximum(25_000, 24_000)).toBe(false);
  expect(reachedMaximum(25_000, 10_000)).toBe(true);
  expect(reachedMaximum(3_000, 2_000)).toBe(true);
});

test('what reached its deadline expires before anything else is tried', () => {
  expect(nextLeaseAction({ attemptAt: 10, deadline: 20 })).toEqual({ do: 'rotate', at: 10 });
  expect(nextLeaseAction({ attemptAt: 30, deadline: 20 })).toEqual({ do: 'expire', at: 20 });
  expect(nextLeaseAction({ attemptAt: Infinity, deadline: undefined })).toEqual({
    do: 'nothing',
    at: Infinity,
  });
});

test.each<[number, Record<string, string>, object]>([
  [200, {}, { kind: 'ok' }],
  [204, {}, { kind: 'ok' }],
  [307, { location: 'https://b:8200/v1/x' }, { kind: 'redirected', location: 'https://b:8200/v1/x' }],
  [308, { location: '/v1/x' }, { kind: 'redirected', location: '/v1/x' }],
  [307, {}, { kind: 'moved', status: 307, location: '' }],
  [301, { location: 'https://b/v1/x' }, { kind: 'moved', status: 301, location: 'https://b/v1/x' }],
  [302, {}, { kind: 'moved', location: '' }],
  [400, {}, { kind: 'refused' }],
  [403, {}, { kind: 'denied' }],
  [404, {}, { kind: 'missing' }],
  [412, {}, { kind: 'failed', status: 412 }],
  [429, { 'retry-after': '3' }, { kind: 'throttled', retryAfterMs: 3_000 }],
  [429, { 'retry-after': new Date(5_000).toUTCString() }, { kind: 'throttled', retryAfterMs: 4_000 }],
  [500, {}, { kind: 'failed', status: 500 }],
  [503, {}, { kind: 'sealed' }],
])('an answer of %i with %j is %j', (status, headers, expected) => {
  expect(readAnswer(status, headers, '{}', 1_000)).toMatchObject(expected);
});

test.each(['{"errors":"canary"}', '{"errors":{"a":1}}', '{"errors":[1]}', '[]', 'null', '7'])(
  '%s is an answer, whoever gave it',
  (text) => {
    expect(readAnswer(403, {}, text, 0)).toMatchObject({ kind: 'denied' });
    expect(readAnswer(502, {}, text, 0)).toMatchObject({ kind: 'failed', status: 502 });
  },
);

test('a page of a load balancer is no answer of Vault, but its status counts', () => {
  expect(readAnswer(502, {}, '<html>', 0)).toMatchObject({ kind: 'failed', messages: [] });
});

test('a secret prints as [secret], however it is printed', () => {
  const config = hideWhenPrinted({ key: 'canary', nested: { key: 'canary' } });
  for (const value of [new Secret('canary'), config, { deep: [config, new Secret('canary')] }]) {
    expect(`${inspect(value, { depth: 9 })}${JSON.stringify(value)}`).not.toContain('canary');
  }
  expect(String(new Secret('canary'))).toBe('[secret]');
  expect(config.nested.key).toBe('canary');
});
