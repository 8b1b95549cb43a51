/** The same middleware, called by Express 5, by Express 4.21 and by Node's own server: one answer each time. */
import {
  definePolicy,
  enforce,
  rateLimit,
  requireAuth,
  type AuthMiddleware,
  type Middleware,
} from '@portcullis/runtime';
import express from 'express';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { AUDIENCE, useIssuer } from '../../../support/auth/issuer';
import { PATIENTLY } from '../../../support/patiently';
import { useTestRedis } from '../rate-limit/redis';

const express4 = jest.requireActual<typeof express>('express4');

const ORIGIN = 'https://app.example.com';

/** What an app serves, in terms of Node alone. */
const serve = (req: IncomingMessage, res: ServerResponse): void => {
  const { auth, rateLimit: standing } = req;
  res.setHeader('Content-Type', 'application/json');
  res.end(
    JSON.stringify({
      organisation: auth?.organisation ?? null,
      remaining: standing?.remaining ?? null,
      cost: standing?.cost ?? null,
    }),
  );
};

/** One after the other, as a framework does. */
const byHand =
  (chain: readonly Middleware[]): RequestListener =>
  (req, res) => {
    const step = (at: number, error?: unknown): void => {
      const middleware = chain[at];
      if (error !== undefined) {
        res.statusCode = 500;
        res.end();
      } else if (middleware === undefined) serve(req, res);
      else middleware(req, res, (failed) => step(at + 1, failed));
    };
    step(0);
  };

/** Behind a mounted router, which rewrites `req.url`: the route is that of the whole path. */
const mounted =
  (framework: typeof express) =>
  (chain: readonly Middleware[]): RequestListener => {
    const router = framework.Router();
    router.use(...chain, serve);
    return framework()
      .use('/api', router)
      .use(...chain, serve);
  };

describe.each<[string, (chain: readonly Middleware[]) => RequestListener]>([
  ['Express 5', (chain) => express().use(...chain, serve)],
  ['Express 4.21', (chain) => express4().use(...chain, serve)],
  ['a router of Express 5', mounted(express)],
  ['a router of Express 4.21', mounted(express4)],
  ['node:http', byHand],
])('%s', (_name, listenerOf) => {
  const issuer = useIssuer();
  const { redis } = useTestRedis();
  let server: Server;
  let auth: AuthMiddleware;

  beforeEach(async () => {
    await redis().flushAll();
    const policy = definePolicy({
      name: 'frameworks',
      issuer: issuer().url,
      audience: AUDIENCE,
      tiers: {
        free: [{ limit: 10, window: '1h' }],
        pro: [{ limit: 100, window: '1h' }],
        anonymous: [{ limit: 3, window: '1h' }],
      },
      defaultTier: 'free',
      cors: { origins: [ORIGIN] },
      routes: [
        { method: 'GET', path: '/api/orders/:id', scopes: ['read:transactions'], cost: 5 },
        { method: 'DELETE', path: '/api/orders/:id', scopes: ['admin'] },
        { method: 'GET', path: '/page', public: true },
      ],
      lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m' },
    });
    const limiter = rateLimit({ ...PATIENTLY, policy, redis: redis(), trustedProxies: 0 });
    auth = requireAuth({ policy, limiter });
    server = createServer(listenerOf([auth, limiter, enforce(policy)]));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    auth.close();
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  const call = async (method: string, path: string, tier?: string, headers: Record<string, string> = {}) => {
    const token = tier === undefined ? undefined : await issuer().token({ tier });
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, {
      method,
      headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      body: text === '' ? {} : (JSON.parse(text) as object),
    };
  };

  test('a good token is served, at the route’s cost, and its handler knows caller and standing', async () => {
    const { status, body, headers } = await call('GET', '/api/orders/7?x=1', 'pro');
    expect([status, body]).toEqual([200, { organisation: 'org-1', remaining: 95, cost: 5 }]);
    expect(headers.get('ratelimit')).toMatch(/^"pro";r=95;t=\d+$/);
  });

  test('what may not pass is refused in the same words', async () => {
    expect(await call('DELETE', '/api/orders/7', 'pro')).toMatchObject({
      status: 403,
      body: { error: 'insufficient_scope', required: ['admin'] },
    });
    expect(await call('GET', '/api/admin', 'pro')).toMatchObject({
      status: 403,
      body: { error: 'forbidden' },
    });
    expect(await call('GET', '/api/orders/..%2fadmin', 'pro')).toMatchObject({ status: 400 });
    const limited = [];
    for (let n = 0; n < 3; n += 1) limited.push((await call('GET', '/api/orders/7', 'free')).status);
    expect(limited).toContain(429);
  });

  test('callers without a token are counted by their network', async () => {
    const statuses = [];
    for (let n = 0; n < 5; n += 1) statuses.push((await call('GET', '/api/orders/7')).status);
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    const pages = [];
    for (let n = 0; n < 5; n += 1) pages.push((await call('GET', '/page')).status);
    expect(pages).toEqual([200, 200, 200, 429, 429]);
  });

  test('a preflight is answered, and a refusal is problem details where Accept asks', async () => {
    const preflight = await call('OPTIONS', '/api/orders/7', undefined, {
      origin: ORIGIN,
      'access-control-request-method': 'DELETE',
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-methods')).toBe('GET, HEAD, DELETE');
    const refused = await call('GET', '/api/orders/7', undefined, { accept: 'application/problem+json' });
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    expect(refused.body).toMatchObject({ type: 'about:blank', title: 'Unauthorized', status: 401 });
  });
});
