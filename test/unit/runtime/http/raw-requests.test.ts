/** Requests that Express never saw: of node:http alone, of other frameworks, of adapters for Lambda. */
import type { Request, RequestHandler, Response } from 'express';
import { createServer, IncomingMessage, ServerResponse, type Server } from 'node:http';
import { Socket, type AddressInfo } from 'node:net';
import {
  enforce,
  optionalAuth,
  rateLimit,
  requireAuth,
  requireScope,
  type AuthMiddleware,
} from '../../../../runtime/src';
import { policy } from '../../../../policy';
import { useIssuer } from '../../../support/auth/issuer';
import { downRedis } from '../../../support/down-redis';

const ROUTE = '/api/transactions';

const issuer = useIssuer();
let auth: AuthMiddleware;
let maybe: AuthMiddleware;
const limiter = rateLimit({ policy, redis: downRedis });

beforeAll(() => {
  auth = requireAuth({ policy, issuer: issuer().url });
  maybe = optionalAuth({ policy, issuer: issuer().url });
});

afterAll(async () => {
  auth.close();
  maybe.close();
  await limiter.close();
});

const chain = (): readonly RequestHandler[] => [
  maybe,
  auth,
  limiter,
  enforce(policy),
  requireScope('read:transactions'),
];

/** The status of the answer, or what a middleware failed with; 204 where all of them passed. */
function statusOf(req: object, res: ServerResponse): Promise<unknown> {
  return new Promise((resolve) => {
    res.end = (() => resolve(res.statusCode)) as never;
    const [...rest] = chain();
    const next = (error?: unknown): void => {
      const handler = rest.shift();
      if (error !== undefined) resolve(error);
      else if (handler === undefined) resolve(204);
      else void handler(req as Request, res as Response, next);
    };
    next();
  });
}

const bare = (fields: object): [object, ServerResponse] => {
  const req = Object.assign(new IncomingMessage(new Socket()), { method: 'GET' }, fields);
  return [req, new ServerResponse(req)];
};

it('of a plain node:http server are verified, limited and held to the policy', async () => {
  const server: Server = createServer((req, res) => {
    const [first, ...rest] = chain();
    const next = (error?: unknown): void => {
      const handler = rest.shift();
      if (handler === undefined || error !== undefined) res.writeHead(error === undefined ? 204 : 500).end();
      else void handler(req as Request, res as Response, next);
    };
    void first!(req as Request, res as Response, next);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ask = async (path: string, headers: Record<string, string>): Promise<number> =>
    (await fetch(url + path, { headers })).status;
  try {
    const authorization = `Bearer ${await issuer().token()}`;
    expect(await ask(ROUTE, { authorization })).toBe(204);
    expect(await ask(ROUTE, {})).toBe(401);
    expect(await ask(`${ROUTE}?access_token=x`, { authorization })).toBe(400);
    expect(await ask('/api/admin', { authorization })).toBe(403);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

it.each<[string, (authorization: string) => object]>([
  [
    'without rawHeaders',
    (authorization) => ({ url: ROUTE, headers: { authorization }, rawHeaders: undefined }),
  ],
  ['without originalUrl', (authorization) => ({ url: ROUTE, headers: { authorization } })],
  ['without a socket', (authorization) => ({ url: ROUTE, headers: { authorization }, socket: undefined })],
  [
    'of an adapter that lists the header',
    (authorization) => ({ url: ROUTE, headers: { authorization: [authorization] }, rawHeaders: undefined }),
  ],
])('%s are verified', async (_name, fields) => {
  expect(await statusOf(...bare(fields(`Bearer ${await issuer().token()}`)))).toBe(204);
});

it.each<[string, object, number]>([
  ['without rawHeaders or a token', { url: ROUTE, headers: {}, rawHeaders: undefined }, 401],
  ['without a URL', { url: undefined, headers: {} }, 401],
  [
    'of an adapter that lists two headers',
    { url: ROUTE, headers: { authorization: ['Bearer a', 'Bearer b'] }, rawHeaders: undefined },
    400,
  ],
])('%s are refused', async (_name, fields, status) => {
  expect(await statusOf(...bare(fields))).toBe(status);
});

it('without a socket and a token are limited by one address, not answered by an error', async () => {
  const [req, res] = bare({ url: ROUTE, headers: {}, socket: undefined });
  const failed = await new Promise((resolve) => limiter(req as Request, res, resolve));
  expect(failed).toBeUndefined();
});
