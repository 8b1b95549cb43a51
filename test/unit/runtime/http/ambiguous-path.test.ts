/** A path that servers read differently: the policy would judge one, and the upstream would serve another. */
import { posix } from 'node:path';
import express, { type RequestHandler } from 'express';
import fc from 'fast-check';
import {
  definePolicy,
  enforce,
  optionalAuth,
  rateLimit,
  requireAuth,
  type RedisClient,
} from '../../../../runtime/src';
import { isAmbiguousPath } from '../../../../runtime/src/policy/ambiguous-path';
import { runs } from '../../../support/fuzzing';
import { listen, toBytes, type Listening } from '../../../support/attack/wire';

const policy = definePolicy({
  name: 'files-api',
  issuer: 'http://127.0.0.1:1',
  audience: 'https://api.example.com',
  tiers: { free: [{ limit: 100, window: '1m' }] },
  defaultTier: 'free',
  lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m' },
  routes: [
    { method: 'GET', path: '/files/*rest', public: true },
    { method: 'GET', path: '/projects/:id/files/*rest', public: true },
    { method: 'GET', path: '/projects/:id', public: true },
    { method: 'GET', path: '/admin/keys', scopes: ['admin'] },
  ],
});

const redis = {
  sendCommand: () => Promise.reject(new Error('asked')),
  isReady: true,
} as unknown as RedisClient;
const auth = requireAuth({ policy });
const maybe = optionalAuth({ policy });
const limiter = rateLimit({ policy, redis });

const middleware: Record<string, RequestHandler> = {
  'requireAuth()': auth,
  'optionalAuth()': maybe,
  'rateLimit()': limiter,
  'enforce()': enforce(policy),
};

const AMBIGUOUS = [
  '/files/../admin/keys',
  '/files/..',
  '/files/./a',
  '/files/.',
  '/../files/a',
  '/files/%2e%2e/admin/keys',
  '/files/%2E%2e/admin/keys',
  '/files/.%2e/admin/keys',
  '/files/%2E./admin/keys',
  '/files/%2e/a',
  '/files/%252e%252e/admin/keys',
  '/files/..\\admin\\keys',
  '/files/a\\b',
  '/files/a%5cb',
  '/files/..%5Cadmin',
  '/files/..%2fadmin%2fkeys',
  '/files/a%2F..%2Fadmin',
  '/files/..%09/admin/keys',
  '/files/.%0a./admin/keys',
  '/files/..%00/admin/keys',
  '/files/..%2509/admin/keys',
  '/files/..%20/admin/keys',
  '/files/a%2fb',
  '/files/a%2Fb',
  '/files/..;/admin/keys',
  '/files/..;a=b/admin/keys',
  '/files/..%3b/admin/keys',
  '/projects/7/files/a%2fb',
  '/projects/..%2fadmin',
  '/projects/%2e%2e/admin/keys',
  '/admin/../files/a',
  '/files/a#/../../admin/keys',
  'http://api.example.com/files/../admin/keys',
  'http://api.example.com/files\\..\\admin/keys',
];

const PLAIN = [
  '/files/a',
  '/files/a..b',
  '/files/..a',
  '/files/a..',
  '/files/...',
  '/files/....',
  '/files/.well-known',
  '/files/.well-known/openid-configuration',
  '/files/.a/..b/c.',
  '/files/a.b/c.d.e',
  '/files/a//b',
  '/files/%20a%2520b',
  '/files/a%09b%0a',
  '/files/100%25',
  '/files/%E2%82%AC',
  '/files/a;b=c/d',
  '/files/a?next=/../admin',
  '/files/a?next=%2e%2e%2f..\\',
  '/projects/group%2fname',
  '/projects/group%2Fname',
  '/projects/group%2fname/files/a',
  '/projects/%2e%2ea',
];

let apps: Record<string, Listening>;
const reached: string[] = [];

beforeAll(async () => {
  const entries = Object.entries(middleware).map(async ([name, handler]) => {
    const app = express();
    app.use(handler, (req, res) => {
      reached.push(req.originalUrl);
      res.json({});
    });
    return [name, await listen(app)] as const;
  });
  apps = Object.fromEntries(await Promise.all(entries));
});

afterAll(async () => {
  auth.close();
  maybe.close();
  await limiter.close();
  await Promise.all(Object.values(apps).map((app) => app.stop()));
});

beforeEach(() => void (reached.length = 0));

describe.each(Object.keys(middleware))('%s', (name) => {
  it.each(AMBIGUOUS)('answers 400 to %s, and nobody behind it sees it', async (path) => {
    const answer = await apps[name]!.send(toBytes({ path, headers: [] }));
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toEqual({
      error: 'invalid_request',
      message:
        'Servers read this path differently: send it without . and .. segments, backslashes and encoded slashes',
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(reached).toEqual([]);
  });

  it.each(PLAIN)('lets %s through', async (path) => {
    const answer = await apps[name]!.send(toBytes({ path, headers: [] }));
    expect(answer.status).toBe(200);
    expect(reached).toEqual([path]);
  });
});

it('a mounted router, and what was rewritten before it, change nothing', async () => {
  const app = express();
  app.use((req, _res, next) => {
    req.url = '/files/a';
    next();
  });
  app.use('/files', enforce(policy), (_req, res) => void res.json({}));
  const running = await listen(app);
  try {
    const answer = await running.send(toBytes({ path: '/files/../admin/keys', headers: [] }));
    expect(answer.status).toBe(400);
  } finally {
    await running.stop();
  }
});

describe('a path that is not ambiguous', () => {
  const piece = fc.constantFrom(
    '.',
    '..',
    '%2e',
    '%2E',
    '%252e',
    '%',
    '25',
    '2',
    '%65',
    '/',
    '%2f',
    'a',
    ';',
    '%3B',
    '~',
  );
  const path = fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => `/${pieces.join('')}`);

  it('is the same path to a server that resolves it, whether it decodes it never, once or twice', () => {
    const decoded = (text: string): string =>
      text.replace(/%([0-7][0-9a-f])/gi, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)));
    fc.assert(
      fc.property(path, (sent) => {
        fc.pre(!isAmbiguousPath(sent));
        expect(new URL(`http://upstream${sent}`).pathname).toBe(sent);
        for (const read of [sent, decoded(sent), decoded(decoded(sent))])
          expect(posix.normalize(read)).toBe(read.replace(/\/+/g, '/'));
      }),
      { numRuns: runs(2_000) },
    );
  });
});
