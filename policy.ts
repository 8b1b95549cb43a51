/**
 * The fintech API's security policy. The gateway's routes and throttles, the lifetimes of Vault's roles and the
 * middleware follow from this value. Nothing in it is stated anywhere else.
 */
import { definePolicy } from '@portcullis/runtime/policy';

export const policy = definePolicy({
  name: 'fintech-api',
  issuer: 'https://auth.fintech.example.com',
  audience: 'https://api.fintech.example.com',

  tiers: {
    free: [{ limit: 100, window: '1m' }],
    pro: [{ limit: 1_000, window: '1m' }],
    enterprise: [{ limit: 10_000, window: '1m' }],
    // Callers without a token, each network: an office loads the page and mistypes, too.
    anonymous: [{ limit: 600, window: '1m' }],
  },
  defaultTier: 'free',
  upgradeUrl: 'https://api.diego.dev/pricing',

  routes: [
    { method: 'GET', path: '/healthz', public: true, limit: false },
    { method: 'GET', path: '/readyz', public: true, limit: false },
    { method: 'GET', path: '/openapi.json', public: true },
    { method: 'GET', path: '/', public: true },
    { method: 'GET', path: '/page/:file', public: true },
    // login() answers these itself, ahead of the limiter; loginLimit() slows down who guesses.
    { method: 'GET', path: '/auth/login', public: true, limit: false },
    { method: 'GET', path: '/auth/callback', public: true, limit: false },
    { method: 'POST', path: '/auth/logout', public: true, limit: false },
    { method: 'POST', path: '/auth/backchannel-logout', public: true, limit: false },
    { method: 'GET', path: '/api/me', cost: 0 },
    { method: 'GET', path: '/api/transactions', scopes: ['read:transactions'] },
    { method: 'POST', path: '/api/transactions', scopes: ['write:transactions'], cost: 2, sensitive: true },
    {
      method: 'POST',
      path: '/api/transactions/export',
      scopes: ['read:transactions'],
      cost: 10,
      sensitive: true,
    },
    { method: 'GET', path: '/api/exports/:link', scopes: ['read:transactions'], sensitive: true },
    { method: 'POST', path: '/api/reports/generate', scopes: ['generate:reports'], cost: 20 },
  ],

  lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m' },
});
