import { randomBytes } from 'node:crypto';
import { definePolicy, rateLimit, watchOverrides, type OverridesSource } from '@portcullis/runtime';
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
  const watch = async (onMissing?: (error: Error) => void): Promise<OverridesSource> => {
    const source = await watchOverrides(service.secrets, policy, {
      ...{ path, intervalSeconds: 0.1 },
      ...(onMissing && { onMissing }),
    });
    app = await serve(rateLimit({ ...PATIENTLY, policy, redis: redis(), overrides: source }));
    return source;
  };
  const policyOf = async (organisation: string, tier = 'free'): Promise<string | null> =>
    (await app.call('GET', '/calls', { organisation, tier })).headers.get('ratelimit-policy');
  const becomes = async (organisation: string, expected: string): Promise<void> => {
    await until(async () => (await policyOf(organisation, 'pro')) === expected, { everyMs: 1 });
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

  test('an entry that cannot be understood changes nothing, and is told', async () => {
    await write({ acme: 'pro' });
    await watch();
    await write({ acme: 'gold', globex: 'pro' });
    await until(() => service.events.some(({ type }) => type === 'kv_failed'));
    expect(service.events).toContainEqual(
      expect.objectContaining({ type: 'kv_failed', code: 'ERR_KV_SCHEMA', path }),
    );
    expect(JSON.stringify(service.events)).not.toContain('gold');
    expect(await policyOf('acme')).toBe('"pro";q=50;w=60');
    expect(await policyOf('globex')).toBe('"free";q=5;w=60');
  });

  test('without an entry every organisation has its tier’s limits, until one is written', async () => {
    const missing: unknown[] = [];
    await watch((error) => missing.push((error as { code?: string }).code));
    expect(missing).toEqual(['ERR_KV_NOT_FOUND']);
    expect(await policyOf('acme')).toBe('"free";q=5;w=60');
    await write({ acme: '9/1m' });
    await becomes('acme', '"custom";q=9;w=60');
  });
});
