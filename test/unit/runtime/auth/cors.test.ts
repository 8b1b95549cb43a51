import express from 'express';
import { enforce, requireAuth, type AuthMiddleware } from '../../../../runtime/src/auth';
import { definePolicy, type PolicyInput } from '../../../../runtime/src/policy';
import { bearer, serve, type HeaderLines, type RunningApp } from '../../../support/auth/app';
import { AUDIENCE, useIssuer } from '../../../support/auth/issuer';

const APP = 'https://app.example.com';

describe('pages of other origins', () => {
  const issuer = useIssuer();
  let app: RunningApp;
  let auth: AuthMiddleware;
  let handled: number;

  const start = async (cors: PolicyInput['cors']): Promise<void> => {
    const policy = definePolicy({
      name: 'cors-test',
      issuer: issuer().url,
      audience: AUDIENCE,
      tiers: { free: [{ limit: 100, window: '1m' }] },
      defaultTier: 'free',
      routes: [
        { method: 'GET', path: '/orders/:id' },
        { method: 'PATCH', path: '/orders/:id', scopes: ['admin'] },
        { method: 'GET', path: '/page', public: true },
      ],
      lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m' },
      ...(cors && { cors }),
    });
    auth = requireAuth({ policy });
    const api = express().use(auth, enforce(policy), (_req, res) => {
      handled += 1;
      res.vary('Accept').json({});
    });
    app = await serve(api);
  };
  beforeEach(() => void (handled = 0));
  afterEach(async () => {
    auth.close();
    await app.stop();
  });

  const page = (origin: string): HeaderLines => [['Origin', origin]];
  const preflight = (origin: string, method = 'PATCH'): HeaderLines => [
    ...page(origin),
    ['Access-Control-Request-Method', method],
    ['Access-Control-Request-Headers', 'authorization,x-request-id'],
  ];

  test('a preflight is answered before anybody asks for a token, with what the policy lists at the path', async () => {
    await start({ origins: [APP], headers: ['Authorization', 'X-Request-Id'], maxAge: '1h' });
    const { status, headers, text } = await app.send('OPTIONS', '/orders/7', preflight(APP));
    expect([status, text]).toEqual([204, '']);
    expect(headers).toMatchObject({
      'access-control-allow-origin': APP,
      'access-control-allow-methods': 'GET, HEAD, PATCH',
      'access-control-allow-headers': 'authorization, x-request-id',
      'access-control-max-age': '3600',
      vary: 'Origin',
    });
    expect(headers['access-control-allow-credentials']).toBeUndefined();
    expect(handled).toBe(0);
  });

  test.each([
    'https://stranger.example.com',
    'null',
    'https://app.example.com.evil.example',
    'http://app.example.com',
  ])('a preflight of %s finds nothing that it may do', async (origin) => {
    await start({ origins: [APP], credentials: true });
    const { status, headers } = await app.send('OPTIONS', '/orders/7', preflight(origin));
    expect(status).toBe(204);
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(headers.vary).toBe('Origin');
  });

  test('a path that the policy does not list has no methods', async () => {
    await start({ origins: [APP] });
    const { headers } = await app.send('OPTIONS', '/admin', preflight(APP));
    expect(headers['access-control-allow-methods']).toBeUndefined();
  });

  test('a path that servers read differently is refused, asked for or not', async () => {
    await start({ origins: [APP] });
    expect((await app.send('OPTIONS', '/orders/..%2fadmin', preflight(APP))).status).toBe(400);
  });

  test('OPTIONS without a question, or without an origin, is a call like any other', async () => {
    await start({ origins: [APP] });
    expect((await app.send('OPTIONS', '/orders/7', page(APP))).status).toBe(401);
    const asked = preflight(APP).filter(([name]) => name !== 'Origin');
    expect((await app.send('OPTIONS', '/orders/7', asked)).status).toBe(401);
  });

  test.each<[string, string, string, () => Promise<HeaderLines>]>([
    ['200', 'GET', '/orders/7', async () => bearer(await issuer().token())],
    ['401', 'GET', '/orders/7', () => Promise.resolve([])],
    ['403', 'PATCH', '/orders/7', async () => bearer(await issuer().token())],
    ['403', 'GET', '/admin', async () => bearer(await issuer().token())],
    ['400', 'GET', '/orders/..%2f', () => Promise.resolve([])],
    ['200', 'GET', '/page', () => Promise.resolve([])],
  ])(
    'a page may read the answer %s to %s %s, and the headers of limits',
    async (status, method, path, token) => {
      await start({ origins: [APP], credentials: true });
      const answer = await app.send(method, path, [...page(APP), ...(await token())]);
      expect(answer.status).toBe(Number(status));
      expect(answer.headers).toMatchObject({
        'access-control-allow-origin': APP,
        'access-control-allow-credentials': 'true',
        'access-control-expose-headers':
          'RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset',
      });
      expect(answer.headers.vary).toMatch(/^Origin/);
    },
  );

  test('what no page asked for varies by origin all the same, for caches', async () => {
    await start({ origins: [APP] });
    const { headers } = await app.get('/page');
    expect(headers.vary).toBe('Origin, Accept');
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  test('every origin is *, which needs no Vary', async () => {
    await start({ origins: ['*'] });
    const { headers } = await app.get('/page', page('https://anything.example'));
    expect(headers['access-control-allow-origin']).toBe('*');
    expect(headers.vary).toBe('Accept');
  });

  test('without cors in the policy nothing is told, and OPTIONS is a call like any other', async () => {
    await start(undefined);
    const { status, headers } = await app.send('OPTIONS', '/orders/7', preflight(APP));
    expect(status).toBe(401);
    expect(headers.vary).toBeUndefined();
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });
});
