import { definePolicy } from '@portcullis/runtime/policy';

export const policy = definePolicy({
  name: 'orders',
  issuer: 'https://auth.example.com',
  audience: 'https://orders.example.com',
  tiers: { basic: [{ limit: 60, window: '1m' }] },
  defaultTier: 'basic',
  routes: [{ method: 'GET', path: '/orders/:id', scopes: ['read:orders'] }],
});
