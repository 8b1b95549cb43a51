/** What support is told of an organisation: limits in shadow as well, and none that counts by something else. */
import { ClientLimits, definePolicy, rateLimit } from '@portcullis/runtime';
import { PATIENTLY } from '../../../support/patiently';
import { serve } from './app';
import { useTestRedis } from './redis';

const ISSUER = 'https://issuer.example.com';
const { redis } = useTestRedis();

test('what an organisation spent is told of limits that count by organisation, tried ones included', async () => {
  const policy = definePolicy({
    ...{ name: 'usage', issuer: ISSUER, audience: 'https://api.example.com', defaultTier: 'free' },
    tiers: {
      free: { shadow: true, limits: [{ limit: 10, window: '1m' }] },
      pro: [
        { limit: 5, window: '1m', by: ['organisation', 'user'] },
        { limit: 100, window: '1h' },
      ],
    },
    routes: [{ method: 'GET', path: '/orders', scopes: [] }],
  });
  const app = await serve(rateLimit({ ...PATIENTLY, policy, redis: redis() }));
  try {
    for (const tier of ['free', 'pro', 'pro'])
      expect((await app.call('GET', '/orders', { organisation: 'acme', tier })).status).toBe(200);
  } finally {
    await app.close();
  }
  const usage = await new ClientLimits(policy, redis()).usage(ISSUER, 'acme');
  expect(usage).toMatchObject([
    { tier: 'free', windowSeconds: 60, limit: 10, shadow: true, used: 3, remaining: 7 },
    { tier: 'pro', windowSeconds: 3_600, limit: 100, shadow: false, used: 3, remaining: 97 },
  ]);
});
