import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { randomBytes } from 'node:crypto';
import {
  definePolicy,
  rateLimit,
  watchOverrides,
  type RateLimitEvent,
  type WatchedOverrides,
  type WatchOverridesOptions,
} from '@portcullis/runtime';
import { until } from '../../../support/until';
import { useShortLeases, type Service } from '../secrets/short-leases';
import { serve, type TestApp } from './app';
import { useTestRedis } from './redis';
import { PATIENTLY } from '../../../support/patiently';

const policy = definePolicy({
  name: 'overrides',
  issuer: 'https://issuer.example.com',
  audience: 'https://api.example.com',
  tiers: { free: [{ limit: 5, window: '1m' }], pro: [{ limit: 50, window: '1m' }] },
  defaultTier: 'free',
  routes: [{ method: 'GET', path: '/calls' }],
  lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m' },
});

const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const meterProvider = new MeterProvider({
  readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })],
});
/** The newest value of the metric. */
async function unusableFields(): Promise<unknown> {
  await meterProvider.forceFlush();
  const metrics =
    exporter
      .getMetrics()
      .at(-1)
      ?.scopeMetrics.flatMap((scope) => scope.metrics) ?? [];
  const metric = metrics.find(
    ({ descriptor }) => descriptor.name === 'portcullis.rate_limit.overrides.unusable',
  );
  return metric?.dataPoints.at(-1)?.value;
}

describe('overrides of single organisations, in a real Vault and a real Redis', () => {
  const vault = useShortLeases();
  const { redis } = useTestRedis();
  let service: Service;
  let app: TestApp;
  let path: string;
  beforeEach(async () => {
    await redis().flushAll();
    service = await vault().connect();
    path = `secret/${randomBytes(4).toString('hex')}`;
  });
  afterEach(async () => {
    await app.close();
    await service.secrets.close();
  });

  const write = (data: Record<string, unknown>): Promise<unknown> =>
    vault().admin.write(path.replace('secret/', 'secret/data/'), { data });
  const watch = async (options: WatchOverridesOptions = {}): Promise<WatchedOverrides> => {
    const source = await watchOverrides(service.secrets, policy, {
      ...{ path, intervalSeconds: 0.1, meterProvider },
      ...options,
    });
    app = await serve(rateLimit({ ...PATIENTLY, policy, redis: redis(), overrides: source }));
    return source;
  };
  const policyOf = async (organisation: string, tier = 'free'): Promise<string | null> =>
    (await app.call('GET', '/calls', { organisation, tier })).headers.get('ratelimit-policy');
  const becomes = async (organisation: string, expected: string, tier = 'pro'): Promise<void> => {
    await until(async () => (await policyOf(organisation, tier)) === expected, { everyMs: 50 });
  };

  test('a change is applied without a deploy, and to no other organisation', async () => {
    await write({ acme: 'pro' });
    await watch();
    expect(await policyOf('acme')).toBe('"pro";q=50;w=60');
    expect(await policyOf('globex')).toBe('"free";q=5;w=60');

    await write({ acme: '7/1m' });
    await becomes('acme', '"custom";q=7;w=60');
    // What was spent before the change counts.
    const after = await app.call('GET', '/calls', { organisation: 'acme' });
    expect(Number(after.headers.get('x-ratelimit-remaining'))).toBeLessThan(6);
  });

  test('a field that cannot be understood is left out alone, in running and in fresh instances alike', async () => {
    const events: RateLimitEvent[] = [];
    await write({ acme: 'pro', initech: 'pro' });
    const running = await watch({ onEvent: (event) => events.push(event) });
    expect(running.unusable).toEqual([]);
    expect(events).toEqual([]);

    await write({ acme: 'gold', globex: 'pro', initech: 'pro' });
    await becomes('globex', '"pro";q=50;w=60', 'free');
    const fresh = await watchOverrides(service.secrets, policy, { path });
    for (const { current, unusable } of [running, fresh]) {
      expect(current('acme')).toBeUndefined();
      expect(current('globex')).toMatchObject({ name: 'pro' });
      expect(current('initech')).toMatchObject({ name: 'pro' });
      expect(unusable).toEqual(['acme']);
    }
    expect(events).toEqual([{ type: 'overrides_unusable', path, organisations: ['acme'] }]);
    expect(JSON.stringify(events)).not.toContain('gold');
    expect(await unusableFields()).toBe(1);

    await write({ acme: 'pro' });
    await becomes('acme', '"pro";q=50;w=60', 'free');
    expect(events.at(-1)).toEqual({ type: 'overrides_unusable', path, organisations: [] });
    expect(running.unusable).toEqual([]);
    expect(await unusableFields()).toBe(0);
  });

  test('without an entry every organisation has its tier’s limits, until one is written', async () => {
    const missing: unknown[] = [];
    await watch({ onMissing: (error) => missing.push((error as { code?: string }).code) });
    expect(missing).toEqual(['ERR_KV_NOT_FOUND']);
    expect(await policyOf('acme')).toBe('"free";q=5;w=60');
    await write({ acme: '9/1m' });
    await becomes('acme', '"custom";q=9;w=60');
  });
});
