/** Twins of an honest API, each with one fault, and what has to be found of it: the checks, and where it is about a route, that route. */
import type { PolicyInput } from '@portcullis/runtime/policy';
import { enforce } from '@portcullis/runtime';
import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { downRedis } from '../../../support/down-redis';
import { policyInput, type Twin } from '../../../support/verify/api';

export interface Sabotage extends Twin {
  /** Each check that deviates, alone or with the subjects at which it does. */
  readonly found: Readonly<Record<string, readonly string[] | 'somewhere'>>;
}

type RouteInput = PolicyInput['routes'][number];

/** The policy with another route in place of one. */
function changing(name: string, change: Partial<RouteInput>): PolicyInput {
  const routes = policyInput.routes.map((route): RouteInput => {
    return `${route.method} ${route.path}` === name ? { ...route, ...change } : route;
  });
  return { ...policyInput, routes };
}

const everyRoute = (change: Partial<RouteInput>): PolicyInput => ({
  ...policyInput,
  routes: policyInput.routes.map((route): RouteInput => ({ ...route, ...change })),
});

/** Serves what asks in some way, before anybody looks who it is. */
const letsIn = (
  asksSo: (req: IncomingMessage & { readonly originalUrl: string }) => boolean,
): Pick<Twin, 'first'> => ({
  first: (app, routes) =>
    app.use((req, res, next) => {
      if (asksSo(req)) routes(req, res, next);
      else next();
    }),
});

/** Resolves dot segments that are spelled in this way, behind its guard. */
const resolves = (spelling: string): Sabotage => ({
  first: (app, routes) =>
    app.use((req, res, next) => {
      if (!req.url.includes(spelling)) next();
      else {
        req.url = new URL(req.url, 'http://api').pathname;
        routes(req, res, next);
      }
    }),
  found: { 'dot-segments': 'somewhere' },
});

/** Sends a header otherwise; undefined leaves it out. */
const sends = (
  name: string,
  change: (value: string, req: IncomingMessage, status: number) => string | undefined,
): RequestHandler => {
  return (req, res, next) => {
    const set = res.setHeader.bind(res);
    res.setHeader = (header: string, value: number | string | readonly string[]) => {
      const sent =
        header.toLowerCase() === name.toLowerCase() ? change(String(value), req, res.statusCode) : value;
      return sent === undefined ? res : set(header, sent);
    };
    next();
  };
};

/** Answers JSON otherwise. */
const answers = (
  change: (body: Record<string, unknown>, req: IncomingMessage) => object,
  status: number,
): RequestHandler => {
  return (req, res, next) => {
    const end = res.end.bind(res) as (...args: unknown[]) => typeof res;
    res.end = ((body: unknown, ...rest: unknown[]) => {
      const isText = typeof body === 'string' && res.statusCode === status;
      return end(
        isText ? JSON.stringify(change(JSON.parse(body) as Record<string, unknown>, req)) : body,
        ...rest,
      );
    }) as typeof res.end;
    next();
  };
};

const first = (...handlers: RequestHandler[]): Pick<Twin, 'first'> => ({
  first: (app) => app.use(...handlers),
});
const always = (name: string, value: string): RequestHandler => {
  return (_req, res, next) => {
    res.setHeader(name, value);
    next();
  };
};
const tokenOf = (req: IncomingMessage): string => (req.headers.authorization ?? '').replace(/^Bearer /, '');
const claimsOf = (token: string): { exp?: number; scope?: string; tier?: string; org_id?: string } => {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as object;
  } catch {
    return {};
  }
};
const isApi = (path: string): boolean => path.startsWith('/api');

const PROTECTED = [
  'GET /api/me',
  'GET /api/orders',
  'POST /api/orders',
  'GET /api/orders/:id',
  'GET /api/reports',
];
const GETS = PROTECTED.filter((route) => route.startsWith('GET'));
const X_HEADERS = ['X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset'];

export const SABOTAGED: Readonly<Record<string, Sabotage>> = {
  'the scope of a GET is dropped': {
    policy: changing('GET /api/orders', { scopes: [] }),
    found: { 'missing-scope': ['GET /api/orders'] },
  },
  'the scope of a POST is dropped': {
    policy: changing('POST /api/orders', { scopes: [] }),
    found: { 'missing-scope': ['POST /api/orders'] },
  },
  'one of two scopes is dropped': {
    policy: changing('GET /api/reports', { scopes: ['read:orders'] }),
    found: { 'missing-scope': ['GET /api/reports'] },
  },
  'a route asks for more than the policy': {
    policy: changing('GET /api/orders', { scopes: ['read:orders', 'administer'] }),
    found: { 'let-in': ['GET /api/orders'] },
  },
  'a route is open to everybody': {
    policy: changing('GET /api/orders', { scopes: [], public: true }),
    found: { 'no-token': ['GET /api/orders'] },
  },
  'a route is added in the app': {
    first: (app) => app.get('/debug', (_req, res) => void res.json({})),
    found: { 'unlisted-path': ['GET /debug'] },
  },
  'a plugin serves metrics': {
    first: (app) => app.get('/metrics', (_req, res) => void res.type('text/plain').send('up 1')),
    found: { 'unlisted-path': ['GET /metrics'] },
  },
  'a folder of a route serves something': {
    first: (app) => app.get('/api', (_req, res) => void res.json([])),
    found: { 'unlisted-path': ['GET /api'] },
  },
  'a method is added in the app': {
    first: (app) => app.put('/api/me', (_req, res) => void res.json({})),
    found: { 'unlisted-method': ['PUT /api/me'] },
  },
  'all routes are mounted a second time': {
    first: (app, routes) => app.use('/v1', routes),
    found: { 'other-mount': 'somewhere' },
  },
  'all routes are mounted at the root as well': {
    first: (app, routes) =>
      app.use((req, res, next) => {
        if (isApi(req.url) || req.url.startsWith('/public') || req.url === '/healthz') next();
        else {
          const asked = req.url;
          req.url = `/api${asked}`;
          routes(req, res, () => {
            req.url = asked;
            next();
          });
        }
      }),
    found: { 'other-mount': 'somewhere' },
  },
  'HEAD of one route is unprotected': {
    ...letsIn(({ method, originalUrl }) => method === 'HEAD' && originalUrl === '/api/orders'),
    found: { head: ['GET /api/orders'] },
  },
  'HEAD is unprotected everywhere': {
    ...letsIn(({ method }) => method === 'HEAD'),
    found: { head: GETS.filter((route) => !route.includes(':')) },
  },
  'the router takes capitals, its guard does not': {
    ...letsIn(({ originalUrl }) => originalUrl.startsWith('/API')),
    found: { 'other-case': PROTECTED.filter((route) => !route.includes(':')) },
  },
  'a slash at the end leads around its guard': {
    ...letsIn(({ originalUrl }) => isApi(originalUrl) && originalUrl.endsWith('/')),
    found: { 'trailing-slash': PROTECTED.filter((route) => !route.includes(':')) },
  },
  'dot segments are resolved behind its guard': resolves('/../'),
  'encoded dot segments are resolved behind its guard': resolves('%2e%2e'),
  'Basic credentials are let in': {
    ...letsIn(({ headers }) => headers.authorization?.startsWith('Basic ') === true),
    found: { 'wrong-scheme': PROTECTED },
  },
  'any token is let in': {
    ...letsIn(({ headers }) => /^Bearer [^.]+$/.test(headers.authorization ?? '')),
    found: { 'garbage-token': PROTECTED },
  },
  'signatures are not verified': {
    auth: (real) => (req, res, next) => {
      const token = tokenOf(req);
      const { exp = 0, scope = '', tier = '', org_id: organisation = '' } = claimsOf(token);
      const isTaken = token.split('.').every((part) => part !== '') && exp > Date.now() / 1_000;
      if (!isTaken) {
        real(req, res, next);
        return;
      }
      const of = { issuer: 'somebody', subject: tier, organisation, tier, expiresAt: exp, claims: {} };
      req.auth = { ...of, scopes: scope.split(' ').filter((one) => one !== '') };
      next();
    },
    found: { 'altered-token': PROTECTED },
  },
  'the algorithm none is taken': {
    ...letsIn((req) => tokenOf(req).endsWith('.')),
    found: { 'unsigned-token': ['GET /api/me'] },
  },
  'tokens never expire': {
    ...letsIn((req) => (claimsOf(tokenOf(req)).exp ?? Infinity) < Date.now() / 1_000),
    found: { 'expired-token': ['GET /api/me'] },
  },
  'orders of other organisations are served': {
    servesOrder: () => true,
    found: { 'other-organisation': ['GET /api/orders/:id'] },
  },
  'a refusal without a token is sent with 200': {
    first: (app) =>
      app.get('/api/orders', (req, res, next) => {
        if (
          req.headers.authorization === undefined &&
          req.originalUrl === '/api/orders' &&
          req.method === 'GET'
        )
          res.json({ error: 'unauthorized', message: 'Missing or invalid Authorization header' });
        else next();
      }),
    found: { 'no-token': ['GET /api/orders'] },
  },
  'who has no token is sent to a page': {
    first: (app) =>
      app.get('/api/orders', (req, res, next) => {
        if (
          req.headers.authorization === undefined &&
          req.originalUrl === '/api/orders' &&
          req.method === 'GET'
        )
          res.redirect(302, '/login');
        else next();
      }),
    found: { answer: ['GET /api/orders'] },
  },
  'CORS is * for everything': {
    ...first(always('Access-Control-Allow-Origin', '*')),
    found: { preflight: 'somewhere' },
  },
  'CORS repeats every origin': {
    first: (app) =>
      app.use((req, res, next) => {
        if (req.headers.origin !== undefined)
          res.setHeader('Access-Control-Allow-Origin', req.headers.origin);
        next();
      }),
    found: { preflight: 'somewhere' },
  },
  'cookies are let along across origins': {
    ...first(always('Access-Control-Allow-Credentials', 'true')),
    found: { preflight: 'somewhere' },
  },
  'pages may call methods that are not listed': {
    ...first(sends('Access-Control-Allow-Methods', (methods) => `${methods}, DELETE`)),
    found: { preflight: 'somewhere' },
  },
  'pages may send any header': {
    ...first(sends('Access-Control-Allow-Headers', () => '*')),
    found: { preflight: 'somewhere' },
  },
  'a listed origin gets no answer': {
    policy: { ...policyInput, cors: { origins: ['https://other.example.com'] } },
    found: { preflight: 'somewhere' },
  },
  'there are no limit headers': {
    ...first(...['RateLimit', 'RateLimit-Policy', ...X_HEADERS].map((name) => sends(name, () => undefined))),
    found: { limits: 'somewhere' },
  },
  'one route has no limit headers': {
    first: (app) =>
      app.get(
        '/api/reports',
        ...['RateLimit', 'RateLimit-Policy', ...X_HEADERS].map((name) => sends(name, () => undefined)),
      ),
    found: { limits: ['GET /api/reports'] },
  },
  'a header of the usual three is missing': {
    ...first(sends('X-RateLimit-Reset', () => undefined)),
    found: { limits: 'somewhere' },
  },
  'the limit never falls': {
    ...first(
      sends('RateLimit', (value) =>
        value.replace(/r=\d+/, (_, at, all: string) => `r=${all.includes('"free') ? 4_000 : 40_000}`),
      ),
      sends('X-RateLimit-Remaining', (value) => (Number(value) > 4_000 ? '40000' : '4000')),
    ),
    found: { limits: 'somewhere' },
  },
  'the two kinds of headers say different things': {
    ...first(sends('X-RateLimit-Remaining', (value) => String(Number(value) + 1))),
    found: { limits: 'somewhere' },
  },
  'the limit is free again in the past': {
    ...first(sends('X-RateLimit-Reset', () => '1')),
    found: { limits: 'somewhere' },
  },
  'the limit is free again tomorrow': {
    ...first(sends('RateLimit', (value) => value.replace(/t=\d+/, 't=86400'))),
    found: { limits: 'somewhere' },
  },
  'limit headers cannot be read': {
    ...first(sends('RateLimit-Policy', () => 'pro: 40000 per minute')),
    found: { limits: 'somewhere' },
  },
  'a tier gets more than it may': {
    policy: { ...policyInput, tiers: { ...policyInput.tiers, free: [{ limit: 8_000, window: '1m' }] } },
    found: { limits: ['GET /api/me as free', 'GET /api/orders as free'] },
  },
  'every client has the limits of the default tier': {
    policy: { ...policyInput, tiers: { ...policyInput.tiers, pro: policyInput.tiers.free } },
    found: { limits: 'somewhere' },
  },
  'a window is shorter than it says': {
    policy: { ...policyInput, tiers: { ...policyInput.tiers, pro: [{ limit: 40_000, window: '10s' }] } },
    found: { limits: 'somewhere' },
  },
  'a dear call costs one': {
    limiter: { costs: { 'GET /api/reports': () => 1 } },
    found: { limits: ['GET /api/reports'] },
  },
  'a call costs more than it should': {
    limiter: { costs: { 'GET /api/reports': () => 10 } },
    found: { limits: ['GET /api/reports'] },
  },
  'its limiter lets everything pass in an outage': {
    policy: everyRoute({ onStoreFailure: 'open' }),
    limiter: { redis: downRedis },
    found: { limits: 'somewhere' },
  },
  'its limiter refuses everything in an outage': {
    policy: everyRoute({ onStoreFailure: 'closed' }),
    limiter: { redis: downRedis },
    found: { limits: 'somewhere' },
  },
  'its limiter decides by itself in an outage': {
    limiter: { redis: downRedis },
    found: { limits: 'somewhere' },
  },
  'public calls are not limited': {
    limiter: { trustedProxies: undefined as never },
    found: { limits: ['GET /public/notes'] },
  },
  'a challenge repeats the token': {
    ...first(sends('WWW-Authenticate', (value, req) => `${value}, error_description="${tokenOf(req)}"`)),
    found: { echo: 'somewhere' },
  },
  'a body repeats the token': {
    ...first(answers((body, req) => ({ ...body, token: tokenOf(req) }), 403)),
    found: { echo: 'somewhere' },
  },
  'a refusal has no challenge': {
    ...first(sends('WWW-Authenticate', () => undefined)),
    found: { answer: 'somewhere' },
  },
  'a challenge names an error where there was no token': {
    ...first(
      sends('WWW-Authenticate', (value, req) =>
        req.headers.authorization ? value : `${value}, error="invalid_token"`,
      ),
    ),
    found: { answer: 'somewhere' },
  },
  'a refusal is plain text': {
    ...first(sends('Content-Type', (value, _req, status) => (status === 401 ? 'text/plain' : value))),
    found: { answer: 'somewhere' },
  },
  'a refusal has another name': {
    ...first(answers((body) => ({ ...body, error: 'not_authorised' }), 401)),
    found: { answer: 'somewhere' },
  },
  'a refusal names other scopes': {
    ...first(
      answers((body) => ({ ...body, ...(body.required !== undefined && { required: ['everything'] }) }), 403),
    ),
    found: { answer: 'somewhere' },
  },
  'a refusal may be cached': {
    ...first(
      sends('Cache-Control', (value, _req, status) => (status === 401 ? 'public, max-age=60' : value)),
    ),
    found: { answer: 'somewhere' },
  },
  'what is not listed is not found, instead of denied': {
    enforce: (policy) => {
      const denies = enforce(policy) as RequestHandler;
      return (req, res, next) => {
        if (req.path.startsWith('/portcullis-verify')) next();
        else denies(req, res, next);
      };
    },
    found: { answer: 'somewhere' },
  },
  'it names its framework': {
    ...first(always('X-Powered-By', 'Express')),
    found: { headers: 'somewhere' },
  },
  'it names its version': {
    ...first(always('Server', 'nginx/1.27.1')),
    found: { headers: 'somewhere' },
  },
  'browsers may guess what an answer is': {
    first: (app) =>
      app.use((_req, res, next) => {
        res.removeHeader('X-Content-Type-Options');
        next();
      }),
    found: { headers: 'somewhere' },
  },
  'a refusal shows a stack trace': {
    ...first(answers((body) => ({ ...body, stack: 'Error: no\n    at check (/srv/app/auth.js:12:3)' }), 401)),
    found: { headers: 'somewhere' },
  },
};
