/** What every example protects: three routes, by one policy. */
import { createVerifier, definePolicy, MemoryStore, rateLimit } from '@portcullis/runtime';

export const policy = definePolicy({
  name: 'examples',
  issuer: process.env.ISSUER ?? 'https://auth.example.com',
  audience: 'https://api.example.com',
  tiers: { free: [{ limit: 100, window: '1h' }] },
  defaultTier: 'free',
  routes: [
    { method: 'GET', path: '/status', public: true, limit: false },
    { method: 'GET', path: '/orders', scopes: ['read:orders'] },
    { method: 'POST', path: '/reports', scopes: ['read:orders'], cost: 40 },
    { method: 'GET', path: '/live', scopes: ['read:orders'] },
  ],
  lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m' },
});

export const verifier = createVerifier({ policy });

/** In production: `redis`, so that all processes count together. */
export const limiter = rateLimit({
  policy,
  store: new MemoryStore({ singleInstance: true }),
  trustedProxies: 0,
});

export const port = Number(process.env.PORT ?? 8080);
