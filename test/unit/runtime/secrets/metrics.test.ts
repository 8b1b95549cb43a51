import type { MeterProvider } from '@opentelemetry/api';
import { secretsMetrics } from '../../../../runtime/src/secrets/metrics';

test('each event is counted as what it is about, and a pseudonym that fails is no token', () => {
  const counted: unknown[] = [];
  const counter = (name: string) => ({
    add: (_count: number, { outcome }: { outcome: string }) => counted.push(`${name} ${outcome}`),
  });
  const gauge = () => ({ addCallback: () => undefined, removeCallback: () => undefined });
  const meter = { createCounter: counter, createObservableGauge: gauge };
  const provider = { getMeter: () => meter } as unknown as MeterProvider;
  const { onEvent, stop } = secretsMetrics(() => {
    throw new Error('nobody looks');
  }, provider);
  onEvent({ type: 'token_renewed', ttlSeconds: 1 });
  onEvent({ type: 'wrapping_token_misused', code: 'a', message: 'b' });
  onEvent({ type: 'kv_failed', path: 'secret/a', code: 'a', message: 'b' });
  onEvent({ type: 'revocation_failed', source: 'vault', role: 'r', user: 'u', code: 'a' });
  onEvent({ type: 'pseudonym_failed', code: 'a', message: 'b' });
  stop();
  expect(counted).toEqual([
    'portcullis.secrets.token renewed',
    'portcullis.secrets.token misused',
    'portcullis.secrets.kv failed',
    'portcullis.secrets.credentials revocation_failed',
  ]);
});
