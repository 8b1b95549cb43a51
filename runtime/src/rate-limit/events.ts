import { systemClock } from '../time/clock';
import type { StoreEvent } from './store/guarded-redis';

/** What a limiter tells, for logs and alarms. Clients are named by their hash; no event holds a token or an address. */
export type RateLimitEvent =
  | StoreEvent
  | {
      /** Fields of the overrides that cannot be understood have changed; an empty list when all are understood again. */
      readonly type: 'overrides_unusable';
      /** The entry in Vault's KV. */
      readonly path: string;
      readonly organisations: readonly string[];
    }
  | {
      /** `denied_in_shadow`: the call went on, and would be denied if the limits in shadow were enforced. */
      readonly type: 'denied' | 'denied_in_shadow';
      readonly client: string;
      readonly tier: string;
      /** The path's pattern in the policy, never the path itself. */
      readonly route: string;
      readonly cost: number;
      readonly limit: number;
      /** Seconds until the call fits; missing when it never does. */
      readonly retryAfter?: number;
      /** How many denials were left out since the last one that was told; missing when none were. */
      readonly suppressed?: number;
    };

export type OnRateLimitEvent = (event: RateLimitEvent) => void;
export type Denied = Extract<RateLimitEvent, { type: 'denied' | 'denied_in_shadow' }>;
export type Denial = Omit<Denied, 'type' | 'suppressed'>;

/** Denials told each second: enough to see who is denied, too few for an attacker to fill a disk with. */
const PER_SECOND = 10;

/** Tells at most ten denials a second. The next one told says how many were left out. */
export function cappedDenials(
  onEvent: OnRateLimitEvent,
  clock: () => number = systemClock.monotonic,
  type: Denied['type'] = 'denied',
): (denial: Denial) => void {
  let secondStartedMs = -Infinity;
  let told = 0;
  let suppressed = 0;
  return (denial) => {
    const nowMs = clock();
    if (nowMs - secondStartedMs >= 1_000) {
      secondStartedMs = nowMs;
      told = 0;
    }
    if (told === PER_SECOND) {
      suppressed += 1;
      return;
    }
    told += 1;
    onEvent({ type, ...denial, ...(suppressed > 0 && { suppressed }) });
    suppressed = 0;
  };
}
