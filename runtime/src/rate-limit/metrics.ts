import type { MeterProvider } from '@opentelemetry/api';
import type { StoreObserver } from './decide/limiter';
import type { OutageOutcome } from './decide/outage';
import type { UnitsFate } from './reserved/reserved-blocks';
import type { StoreState } from './store/guarded-redis';

/** What became of a request, as a metric names it. */
export type DecisionOutcome =
  | 'admitted'
  | 'admitted_reserved'
  | 'denied_in_shadow'
  | 'denied'
  | 'never_fits'
  | 'admitted_locally'
  | 'denied_locally'
  | 'admitted_open'
  | 'refused_closed';

/** The limiter's OpenTelemetry instruments. They do nothing in an app that registered no SDK. */
export interface LimiterMetrics extends StoreObserver {
  decided(tier: string, route: string, outcome: DecisionOutcome): void;
  /** Counts what became of reserved units. */
  readonly unitsSettled: (fate: UnitsFate, units: number) => void;
}

/**
 * Makes the instruments.
 *
 * - `portcullis.rate_limit.decisions`: requests, by `tier`, `route` (the policy's pattern, never the path)
 *   and `outcome`: `denied_in_shadow` was admitted, and would be denied if limits in shadow were enforced;
 * - `portcullis.rate_limit.store.failures`: requests that the store did not decide, by `failure`;
 * - `portcullis.rate_limit.store.duration`: seconds that the store took to decide a request, or to fail;
 * - `portcullis.rate_limit.reserved.units`: reserved units by `fate`: `spent`, `returned` or `lost`. The larger the
 *   share of `spent`, the better the sizes of blocks fit;
 * - `portcullis.rate_limit.store.up`: 1 while the store decides, 0 while the breaker keeps away from it.
 *
 * The app registers its SDK before it makes the middleware: an instrument of the global provider that is made earlier
 * counts for nobody.
 */
export function limiterMetrics(provider: MeterProvider, state: () => StoreState): LimiterMetrics {
  const meter = provider.getMeter('@portcullis/runtime');
  const decisions = meter.createCounter('portcullis.rate_limit.decisions', { unit: '{request}' });
  const failures = meter.createCounter('portcullis.rate_limit.store.failures', { unit: '{request}' });
  const durations = meter.createHistogram('portcullis.rate_limit.store.duration', {
    unit: 's',
    advice: { explicitBucketBoundaries: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1] },
  });
  const units = meter.createCounter('portcullis.rate_limit.reserved.units', { unit: '{unit}' });
  meter
    .createObservableGauge('portcullis.rate_limit.store.up')
    .addCallback((result) => result.observe(state().up ? 1 : 0));

  return {
    decided: (tier, route, outcome) => decisions.add(1, { tier, route, outcome }),
    storeFailed: (failure) => failures.add(1, { failure }),
    storeTook: (milliseconds) => durations.record(milliseconds / 1_000),
    unitsSettled: (fate, amount) => units.add(amount, { fate }),
  };
}

/** Names an outcome as the metrics do. */
export function outcomeName(outcome: OutageOutcome): DecisionOutcome {
  if (outcome === 'open') return 'admitted_open';
  if (outcome === 'closed') return 'refused_closed';
  const local = outcome.by === 'memory';
  if (outcome.allowed && (outcome.shadowRetryAfterMs ?? 0) > 0) return 'denied_in_shadow';
  if (outcome.allowed)
    return local ? 'admitted_locally' : outcome.by === 'block' ? 'admitted_reserved' : 'admitted';
  return outcome.retryAfterMs === Infinity ? 'never_fits' : local ? 'denied_locally' : 'denied';
}
