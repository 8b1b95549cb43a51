/**
 * The life of a token. Pure: all moments are milliseconds on the monotonic clock.
 *
 *   login ──► valid ──(0.70–0.73 of the TTL)──► renew ──full TTL granted──► valid
 *               ▲                                 │
 *               │                                 ├─ less than asked: the maximum is near ──► login, with overlap
 *               │                                 ├─ 400, 403: it is gone; 500: past its maximum ──► login
 *               │                                 └─ 429, 503, unreachable ──► renew again after a jittered
 *               │                                    pause, for the last time shortly before the deadline
 *               └────────────── login ◄── deadline passed
 *                                 │
 *                                 └─ fails ──► not ready; login again after a jittered pause … and once
 *                                    `withoutTokenSeconds` have passed since the token ended: give up
 *
 * *With overlap*: the old token lives on while everything that was leased under it is leased again under the new
 * one; only then it is revoked. The deadline counts from the moment the request was *sent*: Vault's own count
 * starts later, so ours is never the longer one. The flag `renewable` stays true up to the end and is not
 * looked at.
 */
export interface TokenTerm {
  /** When the request that granted this term was sent. */
  readonly from: number;
  /** Length of the term; `Infinity` for a token that never expires. */
  readonly ttlMs: number;
}

const RENEW_AT = 0.7;
const RENEW_SPREAD = 0.03;
/**
 * Vault counts in whole seconds and may grant one less than was asked for. Of a short TTL no more than this share is
 * taken for rounding.
 */
const ROUNDING_MS = 1_000;
const ROUNDING_SHARE = 0.1;

export function endOfTerm({ from, ttlMs }: TokenTerm): number {
  return from + ttlMs;
}

/** When to renew; `random` in [0, 1) keeps a fleet that started together apart. */
export function renewAt({ from, ttlMs }: TokenTerm, random: number): number {
  return from + ttlMs * (RENEW_AT + RENEW_SPREAD * random);
}

/** A renewal that grants less than was asked for has met the maximum: only a login helps. */
export function reachedMaximum(askedMs: number, grantedMs: number): boolean {
  return grantedMs < askedMs - Math.min(ROUNDING_MS, ROUNDING_SHARE * askedMs);
}
