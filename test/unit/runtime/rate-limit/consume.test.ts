/** What is taken without a request, by a caller that a verifier gave. On a real Redis: integration/…/whose-limit. */
import {
  createVerifier,
  definePolicy,
  MemoryStore,
  rateLimit,
  type AuthContext,
  type Policy,
  type RateLimiter,
  type Verifier,
} from '@portcullis/runtime';
import express from 'express';
import { serve, type RunningApp } from '../../../support/auth/app';
import { AUDIENCE, useIssuer } from '../../../support/auth/issuer';

const issuer = useIssuer();
let policy: Policy;
let verifier: Verifier;
let caller: AuthContext;
let limiter: RateLimiter;

beforeAll(async () => {
  policy = definePolicy({
    name: 'consume',
    issuer: issuer().url,
    audience: AUDIENCE,
    tiers: { free: [{ limit: 10, window: '1h' }] },
    defaultTier: 'free',
    upgradeUrl: 'https://example.com/plans',
    routes: [
      { method: 'GET', path: '/cheap' },
      { method: 'POST', path: '/dear', cost: 6 },
    ],
    lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m' },
  });
  verifier = createVerifier({ policy });
  caller = await verifier.verify(await issuer().token({ tier: 'free' }));
});
afterAll(() => verifier.close());
beforeEach(() => {
  limiter = rateLimit({ policy, store: new MemoryStore({ singleInstance: true }), trustedProxies: 0 });
});
afterEach(() => limiter.close());

const dear = { method: 'POST', url: '/dear?a=1' };

it("takes a verifier's caller and route, and charges what the route costs", async () => {
  const consumed = await limiter.consume({ client: caller, route: verifier.routeOf(dear) });
  expect(consumed).toMatchObject({ allowed: true, cost: 6, tier: 'free' });
  expect(consumed.answer()).toBeUndefined();
});

it('refuses a route of another policy', async () => {
  const route = { ...policy.routes[0]! };
  await expect(limiter.consume({ client: caller, route })).rejects.toThrow(RangeError);
});

it('counts a caller without an issuer and one whose issuer is undefined as one', async () => {
  const one = { organisation: 'acme' };
  const other = { organisation: 'acme', issuer: undefined, claims: undefined } as unknown as typeof one;
  expect(await limiter.consume({ client: one, cost: 10 })).toMatchObject({ allowed: true });
  expect(await limiter.consume({ client: other, cost: 1 })).toMatchObject({ allowed: false });
});

it.each([undefined, null, {}, [], 5, { organisation: 5 }])('refuses %j, which is nobody', async (client) => {
  await expect(limiter.consume({ client: client as never })).rejects.toThrow(RangeError);
});

it('tells listeners of denials, as of those of requests', async () => {
  const onEvent = jest.fn();
  const store = new MemoryStore({ singleInstance: true });
  const told = rateLimit({ policy, store, trustedProxies: 0, onEvent });
  await told.consume({ client: caller, cost: 10 });
  expect(onEvent).not.toHaveBeenCalled();
  await told.consume({ client: caller, cost: 1 });
  await told.consume({ client: caller, route: 'POST /dear', cost: 11 });
  const denied = { type: 'denied', tier: 'free', limit: 10, client: expect.any(String) as string };
  expect(onEvent.mock.calls).toEqual([
    [{ ...denied, route: 'none', cost: 1, retryAfter: expect.any(Number) as number }],
    [{ ...denied, route: '/dear', cost: 11 }],
  ]);
  await told.close();
});

describe('what does not fit', () => {
  let app: RunningApp;
  beforeEach(async () => {
    app = await serve(
      express()
        .use((req, _res, next) => {
          req.auth = caller;
          next();
        })
        .use(limiter),
    );
  });
  afterEach(() => app.stop());

  it.each([
    ['as JSON', {}],
    ['as a problem, for whoever asks for that', { accept: 'application/problem+json' }],
  ])(
    "is answered as rateLimit() answers it, from the middleware's own counters: %s",
    async (_how, headers) => {
      expect((await limiter.consume({ client: caller, route: 'POST /dear' })).allowed).toBe(true);

      const expected = await app.send('POST', '/dear', Object.entries(headers));
      const answer = (await limiter.consume({ client: caller, route: 'POST /dear' })).answer(headers);
      expect(expected.status).toBe(429);
      expect(answer?.status).toBe(429);
      expect(withoutSeconds(answer?.body)).toBe(withoutSeconds(expected.text));
      const lines = Object.entries(answer?.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
      const names = lines.map(([name]) => name).sort();
      expect(names).toEqual(Object.keys(expected.headers).filter(isOfRefusal).sort());
      for (const [name = '', value] of lines) {
        expect(withoutSeconds(value)).toBe(withoutSeconds(String(expected.headers[name])));
      }
    },
  );

  /** What the server says of the connection is not the refusal's. */
  const isOfRefusal = (name: string): boolean =>
    !['connection', 'content-length', 'date', 'keep-alive', 'x-powered-by'].includes(name);

  /** A second may pass between the two. */
  const withoutSeconds = (text = ''): string => text.replace(/\d{4,}/g, 'N');
});

it('says that a cost above the limit never fits', async () => {
  const { answer, headers } = await limiter.consume({ client: caller, cost: 11 });
  const { status, body, headers: answered } = answer() ?? {};
  expect([status, JSON.parse(body ?? '')]).toMatchObject([
    429,
    { error: 'cost_exceeds_limit', cost: 11, limit: 10 },
  ]);
  expect(answered).toMatchObject(headers);
  expect(answered).not.toHaveProperty('Retry-After');
});

it("charges the organisation that an app's own context names now, not the one that it named before", async () => {
  const claims: Record<string, unknown> = {};
  const own = { issuer: policy.issuer, subject: 'worker', organisation: 'acme', claims };
  const left = async (cost: number): Promise<string | undefined> =>
    (await limiter.consume({ client: own, tier: 'free', cost })).headers['X-RateLimit-Remaining'];
  expect(await left(6)).toBe('4');
  own.organisation = 'globex';
  expect(await left(1)).toBe('9');
  own.organisation = 'acme';
  expect(await left(1)).toBe('3');
});
