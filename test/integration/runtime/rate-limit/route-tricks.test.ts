/**
 * The same raw bytes go to two Express apps: one without Portcullis, which tells what handler Express runs, and
 * one with it. Whatever the router runs must have been charged its own route's cost and asked for its own scopes.
 */
import { once } from 'node:events';
import { connect as connectTcp, type AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { definePolicy, enforce, rateLimit } from '@portcullis/runtime';
import express, { type Express, type RequestHandler, Router } from 'express';
import { callerFromHeader } from './app';
import { useTestRedis } from './redis';
import { TRICKS, type Trick } from './route-tricks';
import { PATIENTLY } from '../../../support/patiently';

const LIMIT = 1_000;
const policy = definePolicy({
  name: 'tricks',
  issuer: 'https://issuer.example.com',
  audience: 'https://api.example.com',
  tiers: { free: [{ limit: LIMIT, window: '1m' }] },
  defaultTier: 'free',
  routes: [
    { method: 'GET', path: '/healthz', public: true },
    { method: 'GET', path: '/api/export', scopes: ['read'], cost: 3 },
    { method: 'POST', path: '/api/export', scopes: ['export'], cost: 10 },
    { method: 'GET', path: '/api/users/:id', scopes: ['users'], cost: 4 },
    { method: 'GET', path: '/api/files/*rest', scopes: ['files'], cost: 5 },
  ],
  lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m' },
});
const SCOPES = policy.routes.flatMap(({ scopes }) => scopes);

interface Answer {
  readonly status: number;
  /** The route whose handler ran. */
  readonly ran: string | undefined;
  /** What was charged, by what is left; `undefined` when the limiter was not asked. */
  readonly charged: number | undefined;
}

describe('no way of writing a request changes its cost or its scopes', () => {
  const { redis } = useTestRedis();
  let plain: Server;
  let guarded: Server;
  let mounted: Server;

  beforeAll(async () => {
    const protection = (): RequestHandler[] => [
      callerFromHeader,
      rateLimit({ ...PATIENTLY, policy, redis: redis() }),
      enforce(policy),
    ];
    plain = await listen(withRoutes(express()));
    guarded = await listen(withRoutes(express().use(...protection())));
    // Everything under /api by a router of its own, with the middleware inside of it.
    const api = Router().use(...protection());
    for (const { method, path } of policy.routes)
      if (path.startsWith('/api')) handle(api, method, path.slice('/api'.length), `${method} ${path}`);
    mounted = await listen(express().use('/api', api));
  });
  afterAll(() => {
    for (const app of [plain, guarded, mounted]) {
      app.closeAllConnections();
      app.close();
    }
  });

  let callers = 0;
  const caller = (scopes: readonly string[]): string =>
    `x-caller: ${JSON.stringify({ organisation: `org-${(callers += 1)}`, scopes })}`;

  const routeOf = (ran: string) => policy.routes.find(({ method, path }) => `${method} ${path}` === ran)!;

  const charges = async (app: Server, trick: Trick, truth: Answer): Promise<void> => {
    const allowed = await send(app, trick, caller(SCOPES));
    if (truth.ran === undefined) {
      expect(allowed.ran).toBeUndefined();
      return;
    }
    if (allowed.status === 400) {
      // What servers read differently is refused before anybody is asked.
      expect(trick.target).toMatch(/\/(\.|%2e){1,2}(\/|%2f|$)|%2f|\\/i);
      expect(allowed).toMatchObject({ ran: undefined, charged: undefined });
      return;
    }
    const route = routeOf(truth.ran);
    expect(allowed).toMatchObject({ ran: truth.ran, charged: route.public ? undefined : route.cost });
    if (route.public) return;
    const others = SCOPES.filter((scope) => !route.scopes.includes(scope));
    expect(await send(app, trick, caller(others))).toMatchObject({
      ...{ status: 403, ran: undefined, charged: route.cost },
    });
  };

  const names = [...new Set(TRICKS.map(({ name }) => name))];
  let ran = 0;
  test.each(names)('%s', async (name) => {
    for (const trick of TRICKS.filter((candidate) => candidate.name === name)) {
      const truth = await send(plain, trick);
      if (truth.ran !== undefined) ran += 1;
      await charges(guarded, trick, truth);
    }
  });

  test('in a router that is mounted, as in the app itself', async () => {
    for (const trick of TRICKS) {
      const answer = await send(mounted, trick, caller(SCOPES));
      if (answer.ran !== undefined) expect(answer.charged).toBe(routeOf(answer.ran).cost);
    }
  });

  test('the table is long, and Express runs a handler for much of it', () => {
    expect(TRICKS.length).toBeGreaterThan(300);
    expect(ran).toBeGreaterThan(60);
  });
});

function withRoutes(app: Express): Express {
  for (const { method, path } of policy.routes) handle(app, method, path, `${method} ${path}`);
  return app;
}

function handle(router: Pick<Router, 'get' | 'post'>, method: string, path: string, name: string): void {
  router[method === 'GET' ? 'get' : 'post'](path, (_req, res) => {
    res.set('X-Ran', name).json({});
  });
}

async function listen(app: Express): Promise<Server> {
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** Sends the bytes as they are: no client library that mends them. */
async function send(
  server: Server,
  { method, target, headers = [] }: Trick,
  ...more: string[]
): Promise<Answer> {
  const socket = connectTcp((server.address() as AddressInfo).port, '127.0.0.1');
  const host = headers.some((header) => header.startsWith('Host:')) ? [] : ['Host: api.example.com'];
  const lines = [
    `${method} ${target} HTTP/1.1`,
    ...host,
    ...headers,
    ...more,
    'Connection: close',
    'Content-Length: 0',
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`, 'utf8');
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  const [head = ''] = text.split('\r\n\r\n');
  const remaining = valueOf(head, 'x-ratelimit-remaining');
  return {
    status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]),
    ran: valueOf(head, 'x-ran'),
    charged: remaining === undefined ? undefined : LIMIT - Number(remaining),
  };
}

function valueOf(head: string, name: string): string | undefined {
  return new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1]?.trim();
}
