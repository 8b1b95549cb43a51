import type { MeterProvider } from '@opentelemetry/api';
import type { UnusableClaim } from './events';

/** OpenTelemetry instruments of the verification. They do nothing in an app that registered no SDK. */
export interface AuthMetrics {
  readonly claimUnusable: (unusable: UnusableClaim) => void;
}

/**
 * Makes the instruments.
 *
 * - `portcullis.auth.claims.unusable`: verified tokens whose tier or organisation could not be used, by `issuer`,
 *   `claim` (`tier` or `organisation`) and `problem`. A token that comes again is counted again only when it is
 *   verified again.
 *
 * The app registers its SDK before it makes the middleware.
 */
export function authMetrics(provider: MeterProvider): AuthMetrics {
  const meter = provider.getMeter('@portcullis/runtime');
  const unusable = meter.createCounter('portcullis.auth.claims.unusable', { unit: '{token}' });
  return {
    claimUnusable: ({ issuer, claim, problem }) => unusable.add(1, { issuer, claim, problem }),
  };
}
