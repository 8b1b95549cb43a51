import { definePolicy, requireAuth, type AuthMiddleware, type RevocationCheck } from '@portcullis/runtime';
import express from 'express';
import { bearer, serve, type RunningApp } from '../../../../support/auth/app';
import {
  AUDIENCE,
  makeKey,
  startIssuer,
  type TestIssuer,
  type TestKey,
} from '../../../../support/auth/issuer';

let issuer: TestIssuer;
let key: TestKey;
let auth: AuthMiddleware;
let app: RunningApp;
const revocations: { -readonly [K in keyof RevocationCheck]: RevocationCheck[K] } = {
  revoked: () => false,
  current: true,
};
const refused: string[] = [];

beforeAll(async () => {
  key = await makeKey('key-1', 'ES256');
  issuer = await startIssuer();
  issuer.publish(key);
  const policy = definePolicy({
    name: 'test',
    issuer: issuer.url,
    audience: AUDIENCE,
    tiers: { free: [{ limit: 1, window: '1m' }] },
    defaultTier: 'free',
    routes: [
      { method: 'GET', path: '/ordinary' },
      { method: 'GET', path: '/sensitive', sensitive: true },
    ],
    lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m' },
  });
  auth = requireAuth({
    policy,
    revocations,
    onEvent: (event) => event.type === 'token_refused' && refused.push(event.reason),
  });
  app = await serve(
    express()
      .use(auth)
      .use((_req, res) => void res.send()),
  );
});
beforeEach(() => {
  refused.length = 0;
  Object.assign(revocations, { revoked: () => false, current: true });
});
afterAll(async () => {
  auth.close();
  await app.stop();
  await issuer.stop();
});

const get = async (path: string) => app.get(path, bearer(await token()));
let signed: Promise<string> | undefined;
/** The same token every time: from the second call on it comes out of the cache of verified tokens. */
const token = () => (signed ??= issuer.sign(issuer.claims(), key));

test('a token that was let in before is refused from the moment it is revoked', async () => {
  expect((await get('/ordinary')).status).toBe(200);
  revocations.revoked = ({ subject }) => subject === 'user-1';
  const { status, body, headers } = await get('/ordinary');
  expect([status, body]).toEqual([401, { error: 'invalid_token', message: 'Token validation failed' }]);
  expect(headers['www-authenticate']).toContain('error="invalid_token"');
  expect(refused).toEqual(['revoked']);
});

test('while it is not known what was revoked, sensitive routes answer 503 and others go on', async () => {
  revocations.current = false;
  expect((await get('/ordinary')).status).toBe(200);
  for (const path of ['/sensitive', '/SENSITIVE/?a=1']) {
    const { status, body, headers } = await get(path);
    expect([status, body.error, headers['retry-after']]).toEqual([503, 'temporarily_unavailable', '1']);
  }
  revocations.current = true;
  expect((await get('/sensitive')).status).toBe(200);
});

test('what is known to be revoked is refused as such, current or not', async () => {
  Object.assign(revocations, { revoked: () => true, current: false });
  expect((await get('/sensitive')).status).toBe(401);
});
