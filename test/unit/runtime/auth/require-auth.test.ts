import express from 'express';
import {
  enforce,
  optionalAuth,
  requireAnyScope,
  requireAuth,
  requireScope,
  requireTier,
  type AuthMiddleware,
} from '../../../../runtime/src/auth';
import { policy as base } from '../../../../policy';
import { bearer, serve, type RunningApp } from '../../../support/auth/app';
import { makeKey, startIssuer, type TestIssuer, type TestKey } from '../../../support/auth/issuer';

let issuer: TestIssuer;
let key: TestKey;
let auth: AuthMiddleware;
let maybe: AuthMiddleware;
let app: RunningApp;

beforeAll(async () => {
  issuer = await startIssuer();
  key = await makeKey('key-1');
  issuer.publish(key);
  auth = requireAuth({ policy: base, issuer: issuer.url });
  maybe = optionalAuth({ policy: base, issuer: issuer.url });
  const api = express();
  const whoAmI: express.RequestHandler = (req, res) => res.json(req.auth ?? {});
  api.get('/optional', maybe, whoAmI);
  api.get('/any', auth, requireAnyScope('read:transactions', 'admin'), whoAmI);
  api.get('/all', auth, requireScope('read:transactions', 'admin'), whoAmI);
  api.get('/enterprise', auth, requireTier('enterprise'), whoAmI);
  api.get('/unauthenticated', requireScope('read:transactions'), whoAmI);
  api.use(auth, enforce(base), whoAmI);
  app = await serve(api);
});

afterAll(async () => {
  auth.close();
  maybe.close();
  await app.stop();
  await issuer.stop();
});

const token = (claims = {}, header = {}): Promise<string> => issuer.sign(issuer.claims(claims), key, header);

describe('a good token', () => {
  it('tells the handler who is calling', async () => {
    const { status, body } = await app.get('/api/transactions', bearer(await token()));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      issuer: issuer.url,
      subject: 'user-1',
      organisation: 'org-1',
      tier: 'pro',
      scopes: ['read:transactions', 'write:transactions'],
      clientId: 'client-1',
    });
  });

  it('passes with the scheme in another case and more spaces', async () => {
    const { status } = await app.get('/api/transactions', [['authorization', `bEaReR   ${await token()}`]]);
    expect(status).toBe(200);
  });

  it('of an unknown tier gets the default one', async () => {
    const { body } = await app.get('/api/transactions', bearer(await token({ tier: 'constructor' })));
    expect(body.tier).toBe('free');
  });
});

describe('credentials that are missing or of another kind', () => {
  it.each([
    ['none', []],
    ['Basic', [['Authorization', 'Basic dXNlcjpwYXNz']]],
    ['an API key', [['X-API-Key', 'abc']]],
    ['a scheme without a token', [['Authorization', 'Bearer']]],
    ['two words', [['Authorization', 'Bearer a b']]],
    ['a text longer than any token, of other characters', [['Authorization', `Bearer ${'{'.repeat(9_000)}`]]],
  ] as const)('get the bare challenge: %s', async (_name, headers) => {
    const { status, body, headers: answered } = await app.get('/api/transactions', headers);
    expect(status).toBe(401);
    expect(answered['www-authenticate']).toBe('Bearer realm="api"');
    expect(answered['cache-control']).toBe('no-store');
    expect(body).toEqual({ error: 'unauthorized', message: 'Missing or invalid Authorization header' });
  });

  it.each([
    ['a word', (good: string) => `${good} b`],
    ['a comma', (good: string) => `${good},`],
    ['quotes', (good: string) => `"${good}"`],
  ])('get it as well where a good token that is remembered has %s beside it', async (_name, spoilt) => {
    const good = await token();
    for (let call = 0; call < 3; call += 1)
      expect((await app.get('/api/transactions', bearer(good))).status).toBe(200);
    const { status, body } = await app.get('/api/transactions', bearer(spoilt(good)));
    expect(status).toBe(401);
    expect(body.error).toBe('unauthorized');
  });

  it('are no refused token, for whoever counts those', async () => {
    const onEvent = jest.fn();
    const told = requireAuth({ policy: base, issuer: issuer.url, onEvent });
    const listening = await serve(express().use(told));
    expect((await listening.get('/api/transactions', bearer('a b'))).status).toBe(401);
    expect(onEvent).not.toHaveBeenCalledWith(expect.objectContaining({ type: 'token_refused' }));
    expect((await listening.get('/api/transactions', bearer('a.b'))).status).toBe(401);
    expect(onEvent).toHaveBeenCalledWith({ type: 'token_refused', reason: 'malformed' });
    told.close();
    await listening.stop();
  });

  it('are refused in the query', async () => {
    const { status } = await app.get(`/api/transactions?access_token=${await token()}`);
    expect(status).toBe(401);
  });

  it('pass on a public route', async () => {
    expect((await app.get('/healthz')).status).toBe(200);
  });
});

describe('a token sent twice is ambiguous', () => {
  it.each([
    ['two headers', '', [['Authorization', 'Bearer x']] as const],
    ['header and query', '?access_token=x', []],
    ['header and encoded query', '?access%5Ftoken=x', []],
  ])('%s', async (_name, query, more) => {
    const { status, body, headers } = await app.get(`/api/transactions${query}`, [
      ...bearer(await token()),
      ...more,
    ]);
    expect(status).toBe(400);
    expect(body.error).toBe('invalid_request');
    expect(headers['www-authenticate']).toContain('error="invalid_request"');
  });
});

describe('a bad token', () => {
  it('that has expired says so', async () => {
    const now = Math.floor(Date.now() / 1_000);
    const { status, body, headers } = await app.get(
      '/api/transactions',
      bearer(await token({ iat: now - 900, exp: now - 6 })),
    );
    expect(status).toBe(401);
    expect(body).toEqual({
      error: 'token_expired',
      message: 'Access token has expired. Use your refresh token to get a new one.',
    });
    expect(headers['www-authenticate']).toContain('error="invalid_token"');
  });

  it('for another API is invalid, and no more is said', async () => {
    const { status, body } = await app.get('/api/transactions', bearer(await token({ aud: 'another' })));
    expect(status).toBe(401);
    expect(body).toEqual({ error: 'invalid_token', message: 'Token validation failed' });
  });
});

describe('a good token that grants too little', () => {
  it('is told what the route requires', async () => {
    const sent = bearer(await token({ scope: 'read:transactions' }));
    const { status, body, headers } = await app.send('POST', '/api/reports/generate', sent);
    expect(status).toBe(403);
    expect(body).toMatchObject({
      error: 'insufficient_scope',
      message: 'Required scopes: generate:reports',
      required: ['generate:reports'],
      granted: ['read:transactions'],
    });
    expect(headers['www-authenticate']).toBe(
      'Bearer realm="api", error="insufficient_scope", scope="generate:reports"',
    );
  });

  it('is denied what the policy does not list', async () => {
    const { status, body } = await app.get('/api/secrets', bearer(await token()));
    expect([status, body.error]).toEqual([403, 'forbidden']);
  });

  it.each([
    ['/any', 200],
    ['/all', 403],
    ['/enterprise', 403],
  ])('%s answers %d', async (path, expected) => {
    expect((await app.get(path, bearer(await token()))).status).toBe(expected);
  });
});

it('a scope check without requireAuth() lets nobody in', async () => {
  expect((await app.get('/unauthenticated', bearer(await token()))).status).toBe(401);
});

it.each([
  ['no scope', () => requireScope(), 'requireScope() received no scope'],
  ['no scope of several', () => requireAnyScope(), 'requireAnyScope() received no scope'],
  ['no tier', () => requireTier(), 'requireTier() received no tier'],
  ['two scopes in one', () => requireScope('read write', 'a"b', 'good'), 'received ["read write","a\\"b"]'],
])('a check of %s is a mistake that is told when it is made', (_name, make, message) => {
  expect(make).toThrow(TypeError);
  expect(make).toThrow(message);
});

describe('optionalAuth', () => {
  it('lets a stranger in as one', async () => {
    const { status, body } = await app.get('/optional');
    expect([status, body]).toEqual([200, {}]);
  });

  it('refuses bad credentials all the same', async () => {
    expect((await app.get('/optional', bearer('x'))).status).toBe(401);
    expect((await app.get('/optional', [['Authorization', 'Basic abc']])).status).toBe(401);
  });
});

it('answers 503 with Retry-After while the issuer cannot be asked', async () => {
  const unreachable = requireAuth({ policy: base, issuer: 'http://127.0.0.1:9' });
  const api = await serve(express().use(unreachable));
  const signed = await issuer.sign(issuer.claims({ iss: 'http://127.0.0.1:9' }), key);
  const { status, body, headers } = await api.get('/api/transactions', bearer(signed));
  expect(status).toBe(503);
  expect(body.error).toBe('temporarily_unavailable');
  expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
  expect(unreachable.readiness()).toEqual({ ready: false, waitingFor: ['http://127.0.0.1:9'] });
  unreachable.close();
  await api.stop();
});
