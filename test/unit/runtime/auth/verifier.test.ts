import {
  answerTo,
  createVerifier,
  definePolicy,
  enforce,
  requireAuth,
  type Answer,
  type AuthEvent,
  type AuthMiddleware,
  type CreateVerifierOptions,
  type Policy,
  type RequestHeaders,
  type RevocationCheck,
  type VerifiedRequest,
  type Verifier,
} from '@portcullis/runtime';
import express from 'express';
import type { IncomingMessage } from 'node:http';
import { serve, type HeaderLines, type RunningApp } from '../../../support/auth/app';
import { AUDIENCE, useIssuer } from '../../../support/auth/issuer';

const issuer = useIssuer();
let policy: Policy;
let verifier: Verifier | undefined;
let events: AuthEvent[];

beforeAll(() => {
  policy = definePolicy({
    name: 'test',
    issuer: issuer().url,
    audience: AUDIENCE,
    tiers: { free: [{ limit: 1, window: '1m' }] },
    defaultTier: 'free',
    routes: [
      { method: 'GET', path: '/public', public: true },
      { method: 'GET', path: '/orders', scopes: ['read:transactions'] },
      { method: 'POST', path: '/orders', scopes: ['read:transactions', 'admin'] },
      { method: 'GET', path: '/sensitive', sensitive: true },
      { method: 'GET', path: '/files/*rest' },
    ],
    lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m' },
  });
});
beforeEach(() => (events = []));
afterEach(() => verifier?.close());

function verifierWith(options: Omit<CreateVerifierOptions, 'policy'> = {}): Verifier {
  verifier = createVerifier({ policy, onEvent: (event) => events.push(event), ...options });
  return verifier;
}

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
const now = (): number => Math.floor(Date.now() / 1_000);

describe('a token', () => {
  it('gives its caller, with the request or without', async () => {
    const { verify } = verifierWith();
    const token = await issuer().token();
    const caller = {
      subject: 'user-1',
      organisation: 'org-1',
      scopes: ['read:transactions', 'write:transactions'],
    };
    expect(await verify(token)).toMatchObject(caller);
    expect(await verify(token, {})).toMatchObject(caller);
  });

  it.each([
    ['expired', { iat: 1_000, exp: 1_900 }],
    ['wrong_audience', { aud: 'another' }],
  ])('is refused by a rejection, never by a throw, and listeners hear of it: %s', async (reason, claims) => {
    const verified = verifierWith().verify(await issuer().token(claims));
    await expect(verified).rejects.toMatchObject({ name: 'TokenError', reason });
    expect(events).toContainEqual({ type: 'token_refused', reason });
  });

  it('that lives too long is refused, and listeners hear how long it lives and may live', async () => {
    const verified = verifierWith().verify(await issuer().token({ iat: now(), exp: now() + 86_400 }));
    await expect(verified).rejects.toMatchObject({ reason: 'lifetime_too_long' });
    expect(events).toContainEqual({
      ...{ type: 'token_refused', reason: 'lifetime_too_long' },
      ...{ foundSeconds: 86_400, allowedSeconds: 900 },
    });
  });

  it('that was revoked is refused, verified before or not', async () => {
    const revocations: RevocationCheck = { revoked: () => isRevoked, current: true };
    let isRevoked = false;
    const { verify } = verifierWith({ revocations });
    const token = await issuer().token();
    await verify(token);
    await verify(token);
    isRevoked = true;
    await expect(verify(token)).rejects.toMatchObject({ reason: 'revoked' });
  });
});

describe('functions of the application', () => {
  const several = (): Promise<string> => issuer().token({ orgs: ['acme', 'globex'] });
  const options = (chooseOrganisation: CreateVerifierOptions['chooseOrganisation']) =>
    ({ claims: { organisation: ['orgs', '*'] }, chooseOrganisation }) as Partial<CreateVerifierOptions>;

  it('choose the organisation by the request', async () => {
    const { verify } = verifierWith(options((_, request) => request?.url?.slice(1)));
    expect(await verify(await several(), { url: '/globex' })).toMatchObject({ organisation: 'globex' });
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('of the application');
      },
    ],
    ['rejects', () => Promise.reject(new Error('of the application'))],
    ['gives another', () => 'initech'],
  ])('refuse the token and end nothing where one %s', async (_what, choose) => {
    const { verify } = verifierWith(options(choose as never));
    await expect(verify(await several())).rejects.toMatchObject({ reason: 'no_organisation_chosen' });
  });

  it('that say of a revocation with a promise refuse the token, whatever becomes of it', async () => {
    const revoked = (): never => Promise.reject(new Error('of the application')) as never;
    const { verify } = verifierWith({ revocations: { revoked, current: true } });
    await expect(verify(await issuer().token())).rejects.toMatchObject({ reason: 'revoked' });
  });

  it('that throw where they say of a revocation let nobody in', async () => {
    const revoked = (): never => {
      throw new Error('of the application');
    };
    const { verify } = verifierWith({ revocations: { revoked, current: true } });
    const refused = await verify(await issuer().token()).catch((error: unknown) => error);
    expect(refused).toMatchObject({ message: 'of the application' });
    expect(answerTo(refused)).toBeUndefined();
  });
});

describe('an Authorization header', () => {
  const kinds: readonly [string, (value: string) => RequestHeaders][] = [
    ['an object', (value) => ({ authorization: value })],
    ['an object with names in another case', (value) => ({ Authorization: value })],
    ['an object with lists', (value) => ({ authorization: [value] })],
    ['Headers', (value) => new Headers({ authorization: value })],
  ];

  it.each(kinds)('is read from %s', async (_kind, headersOf) => {
    const { authenticate } = verifierWith();
    const caller = await authenticate(headersOf(`Bearer ${await issuer().token()}`));
    expect(caller.subject).toBe('user-1');
  });

  it.each<[string, RequestHeaders, VerifiedRequest]>([
    ['under two spellings', { authorization: 'Bearer a', Authorization: 'Bearer b' }, {}],
    ['as a list', { authorization: ['Bearer a', 'Bearer b'] }, {}],
    [
      'in raw headers',
      bearer('a'),
      { rawHeaders: ['Authorization', 'Bearer a', 'authorization', 'Bearer b'] },
    ],
    ['and the query', bearer('a'), { url: '/orders?access_token=b' }],
    [
      'and a form',
      { ...bearer('a'), 'content-type': 'application/x-www-form-urlencoded' },
      { body: { access_token: 'b' } },
    ],
  ])('that brings a second token is refused: %s', async (_how, headers, request) => {
    const refused = await verifierWith()
      .authenticate(headers, request)
      .catch((error: unknown) => error);
    expect(answerTo(refused)).toMatchObject({ status: 400 });
  });

  it.each<[string, RequestHeaders]>([
    ['none', {}],
    ['no Headers', new Headers()],
    [
      'two in one',
      new Headers([
        ['authorization', 'Bearer a'],
        ['authorization', 'Bearer b'],
      ]),
    ],
    ['a header that is called get', { get: 'Bearer a' }],
    ['what is inherited', Object.create({ authorization: 'Bearer a' }) as Record<string, string>],
  ])('that says nothing is answered with the bare challenge: %s', async (_how, headers) => {
    const refused = await verifierWith()
      .authenticate(headers)
      .catch((error: unknown) => error);
    expect(answerTo(refused)).toMatchObject({
      status: 401,
      headers: { 'WWW-Authenticate': 'Bearer realm="api"' },
    });
  });
});

it('an error of the application refuses nobody', () => {
  expect(answerTo(new Error('of the application'))).toBeUndefined();
  expect(answerTo(undefined)).toBeUndefined();
});

it('a limiter is no option: nobody would ask it', () => {
  const limiter = { authenticationFailed: () => Promise.resolve() };
  expect(() => verifierWith({ limiter } as never)).toThrow(/limiter: .*consume/);
});

describe('beside requireAuth() and enforce()', () => {
  let app: RunningApp;
  let auth: AuthMiddleware;
  const revocations = { revoked: () => false, current: true };
  beforeAll(async () => {
    auth = requireAuth({ policy, revocations });
    app = await serve(
      express()
        .use(auth, enforce(policy))
        .use((req, res) => void res.json({ subject: req.auth?.subject })),
    );
  });
  afterAll(async () => {
    auth.close();
    await app.stop();
  });
  beforeEach(() => (revocations.current = true));

  /** What an app of another framework would answer. */
  async function answered(headers: RequestHeaders, request: VerifiedRequest): Promise<Partial<Answer>> {
    const { authenticate, enforce: hold } = verifierWith({ revocations });
    try {
      const caller = await authenticate(headers, request);
      hold(caller, request);
      return { status: 200, body: JSON.stringify({ subject: caller?.subject }) };
    } catch (error) {
      const answer = answerTo(error, headers);
      if (answer === undefined) throw error;
      return answer;
    }
  }

  const cases: readonly [
    name: string,
    method: string,
    path: string,
    headers: () => Promise<HeaderLines> | HeaderLines,
  ][] = [
    ['a good token', 'GET', '/orders', good],
    ['HEAD', 'HEAD', '/orders', good],
    ['another spelling of the route', 'GET', '/ORDERS/?a=1', good],
    ['no token', 'GET', '/orders', () => []],
    ['a public route without a token', 'GET', '/public', () => []],
    ['a public route with a bad token', 'GET', '/public', () => [['Authorization', 'Bearer x']]],
    ['garbage', 'GET', '/orders', () => [['Authorization', 'Bearer x.y.z']]],
    ['Basic', 'GET', '/orders', () => [['Authorization', 'Basic dXNlcjpwYXNz']]],
    ['an expired token', 'GET', '/orders', () => sent({ iat: now() - 900, exp: now() - 6 })],
    ['another audience', 'GET', '/orders', () => sent({ aud: 'another' })],
    ['two tokens', 'GET', '/orders', async () => [...(await good()), ['Authorization', 'Bearer b']]],
    ['a token in the query too', 'GET', '/orders?access_token=b', good],
    ['a scope that is missing', 'POST', '/orders', good],
    ['no scope at all', 'GET', '/orders', () => sent({ scope: '' })],
    ['a route that is not listed', 'DELETE', '/orders', good],
    ['a path that servers read differently', 'GET', '/files/../orders', good],
    ['an encoded slash in a wildcard', 'GET', '/files/a%2Fb', good],
    ['a sensitive route', 'GET', '/sensitive', good],
  ];
  async function sent(claims: object): Promise<HeaderLines> {
    return [['Authorization', `Bearer ${await issuer().token({ ...claims })}`]];
  }
  function good(): Promise<HeaderLines> {
    return sent({});
  }

  const problem: HeaderLines = [['Accept', 'application/problem+json']];
  it.each(
    cases.flatMap(
      ([name, ...rest]) =>
        [
          [name, [], ...rest],
          [`${name}, as a problem`, problem, ...rest],
        ] as const,
    ),
  )('answers alike: %s', async (_name, more, method, path, headersOf) => {
    const lines = [...more, ...(await headersOf())];
    const expected = await app.send(method, path, lines);
    const answer = await answered(...asNode(method, path, lines));
    expect(answer.status).toBe(expected.status);
    if (method !== 'HEAD') expect(answer.body).toBe(expected.text);
    if (answer.status !== 200) expect(lowerCase(answer.headers)).toEqual(refusalHeaders(expected.headers));
  });

  it.each([false, undefined])('answers alike while it is not known what was revoked: %s', async (current) => {
    revocations.current = current!;
    const lines = await good();
    for (const path of ['/orders', '/sensitive']) {
      const expected = await app.get(path, lines);
      expect(await answered(...asNode('GET', path, lines))).toMatchObject({
        status: expected.status,
        body: expected.text,
      });
    }
  });

  /** As Node gives a request to any framework: of a header that was sent twice, the first. */
  function asNode(method: string, url: string, lines: HeaderLines): [RequestHeaders, VerifiedRequest] {
    const pairs = lines.map(([name, value]): [string, string] => [name.toLowerCase(), value]);
    const headers: RequestHeaders = Object.fromEntries(pairs.reverse());
    return [headers, { method, url, rawHeaders: lines.flat() }];
  }

  function lowerCase(headers: Answer['headers'] = {}): Record<string, string> {
    return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  }

  function refusalHeaders(headers: IncomingMessage['headers']): object {
    const names = ['cache-control', 'content-type', 'retry-after', 'www-authenticate'];
    return Object.fromEntries(Object.entries(headers).filter(([name]) => names.includes(name)));
  }

  it('takes the request of the Fetch standard as it is', async () => {
    const request = new Request('https://api.example.com/orders?a=1', {
      headers: bearer(await issuer().token()),
    });
    const { authenticate, routeOf } = verifierWith();
    expect(await authenticate(request.headers, request)).toMatchObject({
      subject: 'user-1',
    });
    expect(routeOf(request)?.path).toBe('/orders');
  });
});
