import {
  definePolicy,
  enforce,
  login,
  MemoryStore,
  rateLimit,
  requireAuth,
  requireScope,
  SecretsManager,
} from '@portcullis/runtime';
import { authorizerConfiguration } from '@portcullis/runtime/authorizer';
import { openApi } from '@portcullis/runtime/policy';
import { auth0 } from '@portcullis/runtime/presets';
import { Secret } from '@portcullis/runtime/secrets';
import express from 'express';

const policy = definePolicy({
  name: 'orders',
  issuer: 'https://auth.example.com',
  audience: 'https://api.example.com',
  upgradeUrl: 'https://example.com/upgrade',
  defaultTier: 'free',
  tiers: { free: { limits: [{ limit: 100, window: '1m' }] } },
  routes: [{ method: 'GET', path: '/orders', scopes: ['read:orders'] }],
});

const app = express();
app.use(
  requireAuth({ policy, ...auth0({ domain: 'a.eu.auth0.com', audience: 'https://api.example.com' }).verify }),
);
app.use(rateLimit({ policy, store: new MemoryStore() }));
app.use(enforce(policy));
app.get('/orders', requireScope('read:orders'), ({ auth }, res) => {
  const subject: string | undefined = auth?.subject;
  res.json({ subject });
});

export { authorizerConfiguration, login, openApi, Secret, SecretsManager };
