import type { Lent } from './credential';

/**
 * The life of a leased credential. Pure: all moments are milliseconds on the monotonic clock.
 *
 *   starting ──lease → connect → probe──► serving ──(share of the TTL, less jitter)──► rotating
 *     │  ▲                                ▲  │                                            │
 *     │  └─ failed (backoff)              │  ├─ the token was replaced ──► rotating       ├─ new lease → connect → probe → swap
 *     │                                   │  └─ the server refused it ───► rotating       │    old: drain → close → revoke
 *     │                                   │                                               │
 *     │                                   ├───────────────────── done ◄───────────────────┤
 *     │                                   └─ the old one serves on (backoff) ◄── failed ──┘
 *     │                                                  │
 *     │          expired ◄── deadline = min(lease, token) passed while nothing could replace it
 *     │             └──(at once, then backoff)──► rotating, with nothing to drain
 *     └─► closed ◄── from any state: drain → close → revoke
 *
 * The share is what the policy's lifetimes make it: 50 of 60 minutes, say. Leases are never renewed: a renewal prolongs
 * a password, a rotation replaces it.
 */

/** Jitter takes away up to this share of the TTL, so that a fleet does not rotate in step. */
const SPREAD = 0.05;

/**
 * When to replace a lease; always before its deadline.
 *
 * @param share of the time that it can be used to sign in anew, after which it is replaced.
 * @param random in `[0, 1)`.
 */
export function rotateAt(
  { obtainedAt, ttlMs, freshMs = ttlMs }: Pick<Lent, 'obtainedAt' | 'ttlMs' | 'freshMs'>,
  share: number,
  random: number,
): number {
  return obtainedAt + freshMs * (share - SPREAD * random);
}

/** What a lease's task has to do, and when. */
export interface LeaseAction {
  readonly do: 'rotate' | 'expire' | 'nothing';
  readonly at: number;
}

export interface LeaseState {
  /** Moment of the next attempt: the planned rotation, or the end of a backoff. */
  readonly attemptAt: number;
  /** The deadline of the credential that serves; `undefined` while there is none. */
  readonly deadline: number | undefined;
}

/** The earlier of the two: the next attempt, or the end of what serves. */
export function nextLeaseAction({ attemptAt, deadline }: LeaseState): LeaseAction {
  if (deadline !== undefined && deadline <= attemptAt) return { do: 'expire', at: deadline };
  return { do: attemptAt === Infinity ? 'nothing' : 'rotate', at: attemptAt };
}
