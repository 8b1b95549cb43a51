import { metrics, type Attributes, type MeterProvider, type ObservableResult } from '@opentelemetry/api';
import type { EmitEvent } from './events';
import type { SecretsStatus } from './status';

/**
 * Counts what a SecretsManager tells and shows how long its credentials still serve. Costs nothing where the app
 * registered no OpenTelemetry SDK.
 *
 * - `portcullis.secrets.credentials`: by `source`, `role` and `outcome` (`rotated`, `failed`, `expired`, `revoked`,
 *   `revocation_failed`);
 * - `portcullis.secrets.token`: by `outcome` (`obtained`, `renewed`, `replaced`, `failed`, `misused`);
 * - `portcullis.secrets.kv`: by `path` and `outcome` (`changed`, `failed`);
 * - `portcullis.secrets.time_to_deadline`, seconds: by `source` and `role`; of the token with `source` `token`.
 *   Alert when it falls below what is left at a rotation: with the default lifetimes, 10 minutes.
 *
 * @param provider the global one when left out: register the SDK before `connect()`.
 * @returns who is to be told of the events, and how to stop showing the gauge.
 */
export function secretsMetrics(
  status: () => SecretsStatus,
  provider?: MeterProvider,
): { readonly onEvent: EmitEvent; readonly stop: () => void } {
  const meter = (provider ?? metrics).getMeter('@portcullis/runtime');
  const credentials = meter.createCounter('portcullis.secrets.credentials', { unit: '{event}' });
  const token = meter.createCounter('portcullis.secrets.token', { unit: '{event}' });
  const kv = meter.createCounter('portcullis.secrets.kv', { unit: '{event}' });
  const deadline = meter.createObservableGauge('portcullis.secrets.time_to_deadline', { unit: 's' });

  const observe = (result: ObservableResult): void => {
    const now = status();
    const show = (seconds: number | undefined, attributes: Attributes): void => {
      if (seconds !== undefined) result.observe(seconds, attributes);
    };
    show(now.token.deadlineInSeconds, { source: 'token' });
    for (const { source, role, deadlineInSeconds } of now.leases) show(deadlineInSeconds, { source, role });
  };
  deadline.addCallback(observe);

  const onEvent: EmitEvent = (event) => {
    switch (event.type) {
      case 'credential_rotated':
      case 'credential_failed':
      case 'credential_expired':
      case 'credential_revoked':
      case 'revocation_failed': {
        const { source, role, type } = event;
        credentials.add(1, { source, role, outcome: type.replace('credential_', '') });
        break;
      }
      case 'kv_changed':
      case 'kv_failed':
        kv.add(1, { path: event.path, outcome: event.type.replace('kv_', '') });
        break;
      case 'wrapping_token_misused':
        token.add(1, { outcome: 'misused' });
        break;
      default:
        // A pseudonym that fails is in the log alone.
        if (event.type.startsWith('token_')) token.add(1, { outcome: event.type.replace('token_', '') });
    }
  };
  return { onEvent, stop: () => deadline.removeCallback(observe) };
}
