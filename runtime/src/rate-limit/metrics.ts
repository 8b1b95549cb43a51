import { metrics, type Attributes, type MeterProvider } from '@opentelemetry/api';
import type { StoreFailure, StoreState } from './guarded-redis';

/** What became of a request. */
export type DecisionOutcome =
  | 'admitted'
  | 'denied'
  | 'never_fits'
  | 'admitted_locally'
  | 'denied_locally'
  | 'admitted_open'
  | 'refused_closed';

/** The limiter's OpenTelemetry instruments. They cost nothing where the app registered no SDK. */
export interface LimiterMetrics {
  decided(tier: string, route: string, outcome: DecisionOutcome): void;
  storeFailed(failure: StoreFailure): void;
}

/**
 * Makes the instruments.
 *
 * - `portcullis.rate_limit.decisions`: requests, by `tier`, `route` (the policy's pattern, never the path)
 *   and `outcome`;
 * - `portcullis.rate_limit.store.failures`: requests that the store did not decide, by `failure`;
 * - `portcullis.rate_limit.store.up`: 1 while the store decides, 0 while the breaker keeps away from it.
 *
 * @param provider the global one when left out: register the SDK before the middleware is made.
 */
export function limiterMetrics(provider: MeterProvider | undefined, state: () => StoreState): LimiterMetrics {
  const meter = (provider ?? metrics).getMeter('@portcullis/runtime');
  const decisions = meter.createCounter('portcullis.rate_limit.decisions', { unit: '{request}' });
  const failures = meter.createCounter('portcullis.rate_limit.store.failures', { unit: '{request}' });
  meter
    .createObservableGauge('portcullis.rate_limit.store.up')
    .addCallback((result) => result.observe(state().up ? 1 : 0));

  const known = new Map<string, Attributes>();
  const attributes = (tier: string, route: string, outcome: DecisionOutcome): Attributes => {
    const key = `${tier} ${outcome} ${route}`;
    let found = known.get(key);
    if (found === undefined) known.set(key, (found = { tier, route, outcome }));
    return found;
  };
  return {
    decided: (tier, route, outcome) => decisions.add(1, attributes(tier, route, outcome)),
    storeFailed: (failure) => failures.add(1, { failure }),
  };
}
