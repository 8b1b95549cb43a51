/** What the shop's two APIs let whom do. */
import { definePolicy, type PolicyInput } from '@portcullis/runtime/policy';

const common: Omit<PolicyInput, 'name' | 'audience' | 'routes'> = {
  issuer: 'https://auth.shop.example.com',
  tiers: { free: [{ limit: 60, window: '1m' }], partner: [{ limit: 6_000, window: '1m' }] },
  defaultTier: 'free',
  lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m' },
};

export const orders = definePolicy({
  ...common,
  name: 'orders',
  audience: 'https://orders.shop.example.com',
  routes: [
    { method: 'GET', path: '/healthz', public: true },
    { method: 'GET', path: '/readyz', public: true },
    { method: 'GET', path: '/orders', scopes: ['orders:read'] },
    { method: 'GET', path: '/orders/:id', scopes: ['orders:read'] },
    { method: 'POST', path: '/orders', scopes: ['orders:write'], cost: 5 },
  ],
});

export const payments = definePolicy({
  ...common,
  name: 'payments',
  audience: 'https://payments.shop.example.com',
  routes: [
    { method: 'GET', path: '/healthz', public: true },
    { method: 'GET', path: '/readyz', public: true },
    { method: 'POST', path: '/payments', scopes: ['payments:write'], cost: 10 },
  ],
});
