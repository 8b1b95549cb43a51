import express, { type Request, type Response } from 'express';
import fc from 'fast-check';
import { definePolicy } from '@portcullis/runtime/policy';
import { patternsOverlap } from '../../../../runtime/src/policy/route-pattern';
import { routeOf } from '../../../../runtime/src/http/route-of';

const patterns = [
  '/api/items',
  '/api/items/:id',
  '/api/files/*rest',
  '/api/report{s}/run',
  '/api/v:version/ping',
  '/',
];

const policy = definePolicy({
  name: 'oracle',
  issuer: 'https://auth.example.com',
  audience: 'https://api.example.com',
  tiers: { free: [{ limit: 100, window: '1m' }] },
  defaultTier: 'free',
  routes: patterns.map((path) => ({ method: 'GET' as const, path })),
  lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m' },
});

/** What Express makes of a request line. Middleware that was mounted sees a shorter `url`. */
function requestFor(method: string, originalUrl: string, url = originalUrl): Request {
  return Object.assign(Object.create(express.request) as Request, { method, url, originalUrl });
}

/** Asks a real Express 5 router which of the patterns it would run. */
function routedByExpress(method: string, url: string): string | undefined {
  const router = express.Router();
  let routed: string | undefined;
  for (const pattern of patterns) router.get(pattern, () => (routed = pattern));
  router(requestFor(method, url), Object.create(express.response) as Response, () => undefined);
  return routed;
}

const pieces = fc.constantFrom(
  '/',
  '//',
  'api',
  'API',
  'items',
  'item%73',
  'files',
  'report',
  'reports',
  'run',
  'v1',
  'ping',
  '..',
  '.',
  '%2F',
  '%2f',
  'ü',
  '?x=/api/items',
  '#',
  ';a=b',
  ' ',
  '\\',
  'a',
);
const paths = fc.array(pieces, { maxLength: 9 }).map((parts) => '/' + parts.join(''));
const plausible = fc.array(
  fc.constantFrom('api', 'Api', 'items', 'files', 'reports', 'report', 'run', 'v2', 'ping', '42', '%6C', ''),
  { maxLength: 6 },
);

test('a request is the same route for the policy as for Express, whatever its path looks like', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('GET', 'HEAD', 'POST'),
      fc.oneof(
        paths,
        plausible.map((parts) => `/${parts.join('/')}`),
      ),
      (method, url) => {
        const ours = routeOf(policy, requestFor(method, url))?.path;
        expect(ours).toBe(routedByExpress(method, url));
      },
    ),
    { numRuns: 3_000 },
  );
});

test.each(['/', '/sub', '/api'])('a middleware mounted on %s sees the route of the whole path', (mount) => {
  const url = '/api/items?cost=0';
  expect(routeOf(policy, requestFor('GET', url, url.slice(mount.length)))?.path).toBe('/api/items');
});

test('no path is matched by two patterns that are said not to overlap', () => {
  const segment = fc.constantFrom('a', 'B', ':x', '*rest', 'a{b}', 'v:n');
  const pattern = fc
    .array(segment, { minLength: 1, maxLength: 3 })
    .map(
      (parts) =>
        `/${parts.map((part, at) => part.replace(/:(\w)/, `:$1${at}`).replace('*rest', `*rest${at}`)).join('/')}`,
    );
  const path = fc
    .array(fc.constantFrom('a', 'b', 'ab', 'v1', 'x'), { minLength: 1, maxLength: 4 })
    .map((parts) => `/${parts.join('/')}`);
  fc.assert(
    fc.property(pattern, pattern, path, (first, second, url) => {
      fc.pre(!patternsOverlap(first, second));
      const matched = [first, second].filter((one) => {
        const { match } = definePolicy({ ...input, routes: [{ method: 'GET', path: one }] });
        return match('GET', url) !== undefined;
      });
      expect(matched.length).toBeLessThan(2);
    }),
    { numRuns: 1_000 },
  );
});

const input = {
  name: 'overlap',
  issuer: 'https://auth.example.com',
  audience: 'https://api.example.com',
  tiers: { free: [{ limit: 100, window: '1m' as const }] },
  defaultTier: 'free',
  lifetimes: { accessToken: '15m' as const, credential: '60m' as const, rotateAt: '50m' as const },
};
