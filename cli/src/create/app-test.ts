/** A test that needs no server: a key that is made at its start, and limits in memory. */
export const appTest = `import { enforce, MemoryStore, rateLimit, requireAuth } from '@portcullis/runtime';
import express from 'express';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import assert from 'node:assert/strict';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { routes } from '../app.js';
import { policy } from '../policy.js';

let server: Server;
let api: string;
let privateKey: CryptoKey;

before(async () => {
  const pair = await generateKeyPair('ES256');
  privateKey = pair.privateKey;
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'test', alg: 'ES256' };
  const app = express();
  app.get('/keys', (_req, res) => void res.json({ keys: [jwk] }));
  server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  api = \`http://127.0.0.1:\${(server.address() as AddressInfo).port}\`;
  const limiter = rateLimit({ policy, store: new MemoryStore({ singleInstance: true }), trustedProxies: 0 });
  app.use(requireAuth({ policy, limiter, jwksUri: \`\${api}/keys\` }), limiter, enforce(policy));
  routes(app);
});
after(() => server.close());

async function token(scope: string): Promise<string> {
  const claims = { sub: 'ada', client_id: 'shop', org_id: 'acme', tier: 'free', scope, jti: '1' };
  return new SignJWT({ ...claims, iss: policy.issuer, aud: policy.audience })
    .setProtectedHeader({ typ: 'at+jwt', alg: 'ES256', kid: 'test' })
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(privateKey);
}

const call = async (method: string, path: string, scope?: string): Promise<Response> =>
  fetch(\`\${api}\${path}\`, {
    method,
    headers: {
      ...(scope !== undefined && { authorization: \`Bearer \${await token(scope)}\` }),
      ...(method === 'POST' && { 'content-type': 'application/json' }),
    },
    ...(method === 'POST' && { body: '{ "item": "tea" }' }),
  });

test('a health check needs no token', async () => {
  assert.equal((await call('GET', '/healthz')).status, 200);
});

test('orders are for whoever has a token with the scope', async () => {
  assert.equal((await call('GET', '/orders')).status, 401);
  assert.equal((await call('POST', '/orders', 'read:orders')).status, 403);
  assert.equal((await call('POST', '/orders', 'write:orders')).status, 201);
  const answer = await call('GET', '/orders', 'read:orders');
  assert.deepEqual(await answer.json(), [{ id: 1, item: 'tea' }]);
});

test('what is not listed is refused', async () => {
  assert.equal((await call('DELETE', '/orders', 'write:orders')).status, 403);
});
`;
