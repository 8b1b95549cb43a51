import { definePolicy, enforce, MemoryStore, rateLimit, requireAuth } from '@portcullis/runtime';
import express from 'express';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

const api = `http://127.0.0.1:${process.env.PORT ?? 8080}`;
const policy = definePolicy({
  name: 'orders',
  issuer: api, // your identity provider, instead of a key that is made at start
  audience: 'https://orders.example',
  tiers: { free: [{ limit: 10, window: '1m' }] },
  defaultTier: 'free',
  routes: [{ method: 'GET', path: '/orders', scopes: ['read:orders'] }],
});
const { publicKey, privateKey } = await generateKeyPair('ES256');
const jwk = { ...(await exportJWK(publicKey)), kid: 'minute', alg: 'ES256' };
const limiter = rateLimit({ policy, store: new MemoryStore(), trustedProxies: 0 });

const app = express();
app.get('/keys', (_req, res) => res.json({ keys: [jwk] }));
app.use(requireAuth({ policy, limiter, jwksUri: `${api}/keys` }), limiter, enforce(policy));
app.get('/orders', ({ auth }, res) => res.json({ ordersOf: auth.organisation }));
app.listen(new URL(api).port, '127.0.0.1');

const claims = { sub: 'ada', client_id: 'shop', org_id: 'acme', scope: 'read:orders', jti: '1' };
const token = await new SignJWT({ ...claims, iss: api, aud: policy.audience })
  .setProtectedHeader({ typ: 'at+jwt', alg: 'ES256', kid: 'minute' })
  .setIssuedAt()
  .setExpirationTime('15m')
  .sign(privateKey);
console.log(`curl -i -H 'Authorization: Bearer ${token}' ${api}/orders`);
