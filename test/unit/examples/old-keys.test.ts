/** `examples/old-keys`: old keys and passwords beside tokens, before and after their day. */
import express from 'express';
import {
  definePolicy,
  enforce,
  MemoryStore,
  rateLimit,
  requireAuth,
  type AuthMiddleware,
} from '../../../runtime/src';
import { oldKeys, type OldClient, type OldKeysOptions } from '../../../examples/old-keys/old-keys';
import { bearer, serve, type Answer, type HeaderLines, type RunningApp } from '../../support/auth/app';
import { useIssuer } from '../../support/auth/issuer';

const issuer = useIssuer();
const SUNSET = new Date('2027-03-31T22:00:00Z');
const DEPRECATED = new Date('2026-11-01T00:00:00Z');
const TOLD = {
  deprecation: '@1793491200',
  sunset: 'Wed, 31 Mar 2027 22:00:00 GMT',
  link:
    '<https://developers.example.com/tokens>; rel="deprecation"; type="text/html", ' +
    '<https://developers.example.com/tokens>; rel="sunset"; type="text/html"',
};
const CLIENT: OldClient = {
  name: 'acme-reports',
  organisation: 'acme',
  tier: 'free',
  scopes: ['read:orders'],
};

const options = {
  issuer: 'https://auth.example.com',
  deprecated: DEPRECATED,
  sunset: SUNSET,
  guide: 'https://developers.example.com/tokens',
  check: () => Promise.resolve(undefined),
  onUse: () => undefined,
} satisfies OldKeysOptions;

let now: number;
let checked: unknown[];
let uses: (string | undefined)[];
let app: RunningApp;
let tokens: AuthMiddleware;

beforeEach(async () => {
  now = SUNSET.getTime() - 1;
  checked = [];
  uses = [];
  const policy = definePolicy({
    name: 'orders',
    issuer: issuer().url,
    audience: 'https://api.example.com',
    tiers: { free: [{ limit: 5, window: '1m' }], anonymous: [{ limit: 50, window: '1m' }] },
    defaultTier: 'free',
    routes: [
      { method: 'GET', path: '/orders', scopes: ['read:orders'] },
      { method: 'POST', path: '/orders', scopes: ['write:orders'] },
    ],
  });
  const limiter = rateLimit({
    policy,
    store: new MemoryStore({ singleInstance: true }),
    trustedProxies: 0,
  });
  tokens = requireAuth({ policy, limiter });
  const server = express();
  server.use(
    oldKeys({
      ...options,
      issuer: policy.issuer,
      check: (sent) => {
        checked.push(sent);
        if ('key' in sent && sent.key === 'broken') return Promise.reject(new Error('the table is away'));
        const isRight =
          'key' in sent ? sent.key === 'right' : sent.user === 'acme' && sent.password === 'a:b';
        return Promise.resolve(isRight ? CLIENT : undefined);
      },
      onUse: (client) => uses.push(client),
      now: () => now,
    }),
  );
  server.use((req, res, next) => (req.auth === undefined ? tokens(req, res, next) : next()));
  server.use(limiter, enforce(policy));
  server.get('/orders', ({ auth }, res) => void res.json(auth));
  server.use(failed);
  app = await serve(server);
});
afterEach(async () => {
  tokens.close();
  await app.stop();
});

// Express tells handlers of errors by their four parameters.
const failed: express.ErrorRequestHandler = (error, _req, res, next) =>
  res.headersSent ? next(error) : void res.status(500).json({});

const basic = (text: string): HeaderLines => [
  ['Authorization', `Basic ${Buffer.from(text).toString('base64')}`],
];
const key = (text: string): HeaderLines => [['X-Api-Key', text]];
const get = (headers: HeaderLines): Promise<Answer> => app.get('/orders', headers);
const token = async (): Promise<HeaderLines> =>
  bearer(
    await issuer().token({
      aud: 'https://api.example.com',
      scope: 'read:orders',
      org_id: 'acme',
      tier: 'free',
    }),
  );

describe('until the day', () => {
  it.each([
    ['a key', key('right')],
    ['a password with a colon in it', basic('acme:a:b')],
    ['a password, the scheme in another case', [['authorization', `bAsIc  ${btoa('acme:a:b')}`]]],
  ] satisfies [string, HeaderLines][])('lets in %s, tells of the end, and counts', async (_what, headers) => {
    const answer = await get(headers);
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject(TOLD);
    expect(answer.body).toEqual({
      organisation: 'acme',
      tier: 'free',
      scopes: ['read:orders'],
      issuer: issuer().url,
      subject: 'old-key:acme-reports',
      clientId: 'acme-reports',
      expiresAt: SUNSET.getTime() / 1_000,
      claims: {},
    });
    expect(uses).toEqual(['acme-reports']);
  });

  it('holds a key to its scopes, and tells of the end there too', async () => {
    const answer = await app.send('POST', '/orders', [...key('right'), ['Content-Length', '0']]);
    expect([answer.status, answer.body]).toMatchObject([403, { required: ['write:orders'] }]);
    expect(answer.headers).toMatchObject(TOLD);
  });

  it('gives an organisation one limit, whether it calls with a key or with a token', async () => {
    for (let call = 0; call < 3; call += 1) expect((await get(key('right'))).status).toBe(200);
    const withToken = await get(await token());
    expect([withToken.status, withToken.headers['x-ratelimit-remaining']]).toEqual([200, '1']);
    expect((await get(basic('acme:a:b'))).status).toBe(200);
    const refused = await get(key('right'));
    expect(refused.status).toBe(429);
    expect(refused.headers).toMatchObject(TOLD);
  });

  it.each([
    ['a wrong key', key('wrong')],
    ['a wrong password', basic('acme:wrong')],
  ])('refuses %s with 401, which asks for a token', async (_what, headers) => {
    const { status, headers: answered } = await get(headers);
    expect([status, answered['www-authenticate']]).toEqual([401, expect.stringContaining('Bearer')]);
    expect(uses).toEqual([]);
  });

  it('fails, and lets nobody in, when the check does', async () => {
    expect((await get(key('broken'))).status).toBe(500);
  });

  it('tells nothing to who has a token', async () => {
    const { status, headers } = await get(await token());
    expect([status, headers.deprecation, headers.sunset]).toEqual([200, undefined, undefined]);
    expect(checked).toEqual([]);
  });
});

describe('what is hostile', () => {
  it.each([
    ['two keys', [...key('wrong'), ...key('right')], 401],
    ['the same key twice', [...key('right'), ...key('right')], 401],
    ['a key and a password', [...key('right'), ...basic('acme:a:b')], 401],
    ['two passwords', [...basic('acme:a:b'), ...basic('acme:a:b')], 400],
    ['a key and a bad token', [...key('right'), ...bearer('x.y.z')], 401],
    ['a password and a token', [...basic('acme:a:b'), ...bearer('x.y.z')], 400],
    ['an empty key', key(''), 401],
    ['a key of a page', key('k'.repeat(4_000)), 401],
    ['a password of a page', basic(`acme:${'p'.repeat(4_000)}`), 401],
    ['no colon', basic('acme'), 401],
    ['no user', basic(':a:b'), 401],
    ['what is no base64', [['Authorization', 'Basic acme:a:b']], 401],
    ['nothing behind the scheme', [['Authorization', 'Basic ']], 401],
    ['another scheme', [['Authorization', `Digest ${btoa('acme:a:b')}`]], 401],
  ] satisfies [string, HeaderLines, number][])('checks nothing of %s', async (_what, headers, expected) => {
    expect((await get(headers)).status).toBe(expected);
    expect(checked).toEqual([]);
    expect(uses).toEqual([]);
  });

  it('takes no name of Object for a key', async () => {
    for (const name of ['__proto__', 'constructor', 'toString'])
      expect((await get(key(name))).status).toBe(401);
    expect(checked).toEqual([{ key: '__proto__' }, { key: 'constructor' }, { key: 'toString' }]);
  });
});

describe('when the day is over', () => {
  it('lets in at the last moment, and 401 a millisecond later, without a look at the key', async () => {
    now = SUNSET.getTime();
    expect((await get(key('right'))).status).toBe(200);
    now += 1;
    checked = [];
    const answer = await get(key('right'));
    expect([answer.status, answer.body.error]).toEqual([401, 'unauthorized']);
    expect(answer.headers).toMatchObject(TOLD);
    expect(checked).toEqual([]);
    expect(uses).toEqual(['acme-reports', undefined]);
  });

  it('lets in tokens', async () => {
    now = SUNSET.getTime() + 1;
    expect((await get(await token())).status).toBe(200);
  });
});

it.each([
  ['the same moment', SUNSET, SUNSET],
  ['the wrong way round', SUNSET, DEPRECATED],
  ['no date', DEPRECATED, new Date('the first of May')],
])('does not start with dates that are %s', (_what, deprecated, sunset) => {
  expect(() => oldKeys({ ...options, deprecated, sunset })).toThrow('expected deprecated before sunset');
});
