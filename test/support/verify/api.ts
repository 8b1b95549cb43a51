/** A small API that the runtime protects, and the places at which a twin of it may go wrong. */
import { definePolicy, type Policy, type PolicyInput } from '@portcullis/runtime/policy';
import { enforce, MemoryStore, rateLimit, requireAuth, type RateLimitOptions } from '@portcullis/runtime';
import express, { Router, type Express, type RequestHandler } from 'express';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { AUDIENCE } from '../auth/issuer';
import type { TokenIssuer } from './issuer';

export const policyInput = {
  name: 'orders-api',
  issuer: 'https://auth.example.com',
  audience: AUDIENCE,
  tiers: {
    free: [{ limit: 4_000, window: '1m' }],
    pro: [{ limit: 40_000, window: '1m' }],
    anonymous: [{ limit: 40_000, window: '1m' }],
  },
  defaultTier: 'free',
  cors: { origins: ['https://app.example.com'] },
  routes: [
    { method: 'GET', path: '/healthz', public: true, limit: false },
    { method: 'GET', path: '/public/notes', public: true },
    { method: 'GET', path: '/api/me', cost: 0 },
    { method: 'GET', path: '/api/orders', scopes: ['read:orders'] },
    { method: 'POST', path: '/api/orders', scopes: ['write:orders'], cost: 2 },
    { method: 'GET', path: '/api/orders/:id', scopes: ['read:orders'] },
    { method: 'GET', path: '/api/reports', scopes: ['read:orders', 'read:reports'], cost: 5 },
  ],
} satisfies PolicyInput;

/** The policy that is held against every twin. */
export const policy = definePolicy(policyInput);

/** Where a twin differs from the honest one. */
export interface Twin {
  /** What its app takes for the policy. */
  readonly policy?: PolicyInput;
  /** Before everything else; gets the API's own routes, unprotected. */
  readonly first?: (app: Express, routes: RequestHandler) => void;
  /** In place of `requireAuth()`. */
  readonly auth?: (real: RequestHandler) => RequestHandler;
  readonly limiter?: Partial<RateLimitOptions>;
  readonly enforce?: (policy: Policy) => RequestHandler;
  /** Of whose organisation an order is. */
  readonly servesOrder?: (owner: string, caller: string | undefined) => boolean;
  /** Served by https, and how. @default by http */
  readonly tls?: ServerOptions;
}

export interface RunningTwin {
  readonly url: string;
  stop(): Promise<void>;
}

const ORDERS: Readonly<Record<string, string>> = { '1': 'org-pro', '2': 'org-free' };

const isOwners = (owner: string, caller: string | undefined): boolean => owner === caller;

function routesOf(servesOrder: NonNullable<Twin['servesOrder']>): Router {
  const routes = Router();
  routes.get('/healthz', (_req, res) => void res.json({ status: 'up' }));
  routes.get('/public/notes', (_req, res) => void res.json([]));
  routes.get('/api/me', (req, res) => void res.json({ tier: req.auth?.tier }));
  routes.get('/api/orders', (_req, res) => void res.json([]));
  routes.post('/api/orders', (_req, res) => void res.status(201).json({}));
  routes.get('/api/reports', (_req, res) => void res.json({}));
  routes.get('/api/orders/:id', (req, res) => {
    const owner = ORDERS[req.params.id];
    if (owner !== undefined && servesOrder(owner, req.auth?.organisation)) res.json({ id: req.params.id });
    else res.status(404).json({ error: 'not_found', message: 'There is nothing here.' });
  });
  return routes;
}

export async function startTwin(issuer: TokenIssuer, twin: Twin = {}): Promise<RunningTwin> {
  const served = definePolicy({ ...(twin.policy ?? policyInput), issuer: issuer.url });
  const routes = routesOf(twin.servesOrder ?? isOwners);
  const store = twin.limiter?.redis === undefined ? { store: new MemoryStore() } : {};
  const limiter = rateLimit({ policy: served, trustedProxies: 0, ...store, ...twin.limiter });
  const auth = requireAuth({ policy: served, limiter, jwksUri: issuer.jwksUri });
  const app = express().disable('x-powered-by').disable('etag');
  app.use((_req, res, next) => {
    res.setHeader('X-Content-Type-Options', 'nosniff');
    next();
  });
  twin.first?.(app, routes);
  app.use(twin.auth?.(auth) ?? auth, limiter, (twin.enforce ?? enforce)(served), routes);
  app.use(
    (_req, res) => void res.status(404).json({ error: 'not_found', message: 'There is nothing here.' }),
  );
  const server: Server = twin.tls ? createTlsServer(twin.tls, app) : createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `${twin.tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      auth.close();
      await limiter.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
