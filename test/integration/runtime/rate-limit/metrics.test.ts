import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { definePolicy, rateLimit, type RateLimitEvent, type RateLimiter } from '@portcullis/runtime';
import { serve, type TestApp } from './app';
import { connect, startRedis, type TestRedis } from './redis';
import { PATIENTLY } from '../../../support/patiently';

const policy = definePolicy({
  name: 'metrics',
  issuer: 'https://issuer.example.com',
  audience: 'https://api.example.com',
  tiers: { free: [{ limit: 3, window: '1m' }], enterprise: [{ limit: 10_000, window: '1m' }] },
  defaultTier: 'free',
  routes: [
    { method: 'GET', path: '/calls/:id' },
    { method: 'POST', path: '/batch' },
  ],
  lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m' },
});

/** One point of a metric. */
interface Point {
  readonly attributes: Record<string, unknown>;
  readonly value: unknown;
}

describe('the limiter’s metrics, read by the OpenTelemetry SDK', () => {
  let server: TestRedis;
  let redis: Awaited<ReturnType<typeof connect>>;
  let exporter: InMemoryMetricExporter;
  let meterProvider: MeterProvider;
  let limiter: RateLimiter;
  let app: TestApp;
  let events: RateLimitEvent[];

  beforeEach(async () => {
    server = await startRedis();
    redis = await connect(server.url);
    exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
    meterProvider = new MeterProvider({ readers: [reader] });
    events = [];
    limiter = rateLimit({
      ...PATIENTLY,
      ...{ policy, redis, meterProvider, reserved: { tiers: ['enterprise'] } },
      costs: { 'POST /batch': (req) => Number(req.get('x-cost')) },
      onEvent: (event) => events.push(event),
    });
    app = await serve(limiter);
  });
  afterEach(async () => {
    await limiter.close();
    await app.close();
    await meterProvider.shutdown();
    redis.destroy();
    await server.stop();
  });

  const read = async (name: string): Promise<Point[]> => {
    exporter.reset();
    await meterProvider.forceFlush();
    const [resource] = exporter.getMetrics();
    const metrics = resource?.scopeMetrics.flatMap((scope) => scope.metrics) ?? [];
    const points = metrics.find(({ descriptor }) => descriptor.name === `portcullis.rate_limit.${name}`);
    return points?.dataPoints ?? [];
  };
  const total = async (name: string, attributes: Record<string, unknown>): Promise<number> => {
    const points = await read(name);
    const found = points.filter((point) =>
      Object.entries(attributes).every(([key, value]) => point.attributes[key] === value),
    );
    return found.reduce((sum, { value }) => sum + Number(value), 0);
  };

  test('decisions by tier, route and outcome; the route is the policy’s pattern', async () => {
    for (let id = 0; id < 5; id += 1) await app.call('GET', `/calls/${id}`, { organisation: 'acme' });
    await app.call('POST', '/batch', { organisation: 'globex' }, { 'x-cost': '4' });
    const route = { tier: 'free', route: '/calls/:id' };
    expect(await total('decisions', { ...route, outcome: 'admitted' })).toBe(3);
    expect(await total('decisions', { ...route, outcome: 'denied' })).toBe(2);
    expect(await total('decisions', { tier: 'free', route: '/batch', outcome: 'never_fits' })).toBe(1);
    expect(JSON.stringify(await read('decisions'))).not.toMatch(/acme|globex|calls\/\d/);
  });

  test('how long the store takes, for what it was asked', async () => {
    await app.call('GET', '/calls/1', { organisation: 'acme' });
    await app.call('GET', '/calls/2', { organisation: 'acme' });
    const [point] = await read('store.duration');
    const value = point?.value as { count: number; sum: number; buckets: { boundaries: number[] } };
    expect(value.count).toBe(2);
    expect(value.sum).toBeGreaterThan(0);
    expect(value.sum).toBeLessThan(2);
    expect(value.buckets.boundaries).toContain(0.001);
  });

  test('whether the store decides, and why it does not', async () => {
    await app.call('GET', '/calls/1', { organisation: 'acme' });
    expect(await total('store.up', {})).toBe(1);
    redis.destroy();
    await app.call('GET', '/calls/1', { organisation: 'acme' });
    expect(await total('store.up', {})).toBe(0);
    expect(await total('store.failures', { failure: 'disconnected' })).toBe(1);
    expect(await total('decisions', { outcome: 'admitted_locally' })).toBe(1);
  });

  test('what became of reserved units, once their blocks are over', async () => {
    const caller = { organisation: 'acme', tier: 'enterprise' };
    for (let id = 0; id < 60; id += 1) await app.call('GET', `/calls/${id}`, caller);
    await limiter.close();
    const reserved = await total('decisions', { outcome: 'admitted_reserved' });
    expect(reserved).toBeGreaterThan(0);
    expect(await total('reserved.units', { fate: 'spent' })).toBe(reserved);
    expect(await total('reserved.units', { fate: 'lost' })).toBe(0);
  });

  test('each denial is an event for the log, ten a second at most; what was left out is counted', async () => {
    const startedAt = Date.now();
    const flood = Array.from({ length: 40 }, () => app.call('GET', '/calls/1', { organisation: 'acme' }));
    await Promise.all(flood);
    const denied = events.filter((event) => event.type === 'denied');
    expect(denied.length).toBeGreaterThanOrEqual(10);
    // Seconds that have begun, on a busy machine more than one or two.
    expect(denied.length).toBeLessThanOrEqual(10 * (1 + Math.ceil((Date.now() - startedAt) / 1_000)));
    expect(denied[0]).toEqual({
      ...{ type: 'denied', tier: 'free', route: '/calls/:id', cost: 1, limit: 3 },
      client: expect.stringMatching(/^[\w-]{22}$/) as string,
      retryAfter: expect.any(Number) as number,
    });
    await limiter.close();
    const leftOut = events.flatMap((event) => (event.type === 'denials_left_out' ? [event.calls] : []));
    expect(leftOut.reduce((sum, calls) => sum + calls, denied.length)).toBe(
      await total('decisions', { outcome: 'denied' }),
    );
  });
});
