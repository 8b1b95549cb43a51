import type { Decided } from './decide/decider';
import { cappedDenials, type OnRateLimitEvent } from './events';

export interface ShadowTeller {
  (decided: Decided, route: string): void;
  /** Ends the second now, as `flush()` of a DenialTeller does. */
  readonly flush: () => void;
}

/** Tells, at most ten times a second, of calls that went on and would be denied if limits in shadow were enforced. */
export function shadowTeller(onEvent: OnRateLimitEvent): ShadowTeller {
  const tell = cappedDenials(onEvent, 'denied_in_shadow');
  const teller = ({ outcome, limits, client, cost }: Decided, route: string): void => {
    if (typeof outcome !== 'object' || !outcome.allowed || !outcome.shadowRetryAfterMs) return;
    const { shadowRetryAfterMs, used } = outcome;
    const [tightest] = limits.tried
      .map(({ index, limit }) => ({ limit, remaining: limit - (used[index] ?? 0) }))
      .sort((a, b) => a.remaining - b.remaining);
    tell({
      ...{ client, tier: limits.name, route, cost, limit: tightest?.limit ?? 0 },
      ...(shadowRetryAfterMs !== Infinity && {
        retryAfter: Math.max(1, Math.ceil(shadowRetryAfterMs / 1_000)),
      }),
    });
  };
  return Object.assign(teller, { flush: tell.flush });
}
