import { definePolicy } from '@portcullis/runtime/policy';

export const policy = definePolicy({
  name: 'orders',
  issuer: 'https://auth.example.com',
  audience: 'https://api.example.com',
  tiers: { free: [{ limit: 10, window: '1m' }], pro: [{ limit: 100, window: '1m' }] },
  defaultTier: 'free',
  routes: [{ method: 'GET', path: '/orders', scopes: ['read:orders'] }],
});
