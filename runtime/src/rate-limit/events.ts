import { systemClock } from '../time/clock';
import type { StoreEvent } from './store/guarded-redis';

/** What happens behind the answers: for logs and alarms. Clients by their hash; no token, no address. */
export type RateLimitEvent =
  | StoreEvent
  | {
      readonly type: 'denied';
      readonly client: string;
      readonly tier: string;
      /** The policy's pattern, never the path. */
      readonly route: string;
      readonly cost: number;
      readonly limit: number;
      /** Seconds; missing when the call can never fit. */
      readonly retryAfter?: number;
      /** Denials that were not told since the last one that was. */
      readonly suppressed?: number;
    };

export type OnRateLimitEvent = (event: RateLimitEvent) => void;
export type Denied = Extract<RateLimitEvent, { type: 'denied' }>;

/** Denials told a second: enough to see who, not enough for an attacker to fill a disk. */
const PER_SECOND = 10;

/** Passes denials on, ten a second at most; the next one says how many were left out. */
export function cappedDenials(
  onEvent: OnRateLimitEvent,
  clock: () => number = systemClock.monotonic,
): (denial: Omit<Denied, 'type' | 'suppressed'>) => void {
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
    onEvent({ type: 'denied', ...denial, ...(suppressed > 0 && { suppressed }) });
    suppressed = 0;
  };
}
