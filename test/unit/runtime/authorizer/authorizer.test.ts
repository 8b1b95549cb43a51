import { policy } from '../../../../policy';
import { authorizerConfiguration } from '../../../../runtime/src/authorizer';
import { definePolicy, type Policy, type PolicyInput } from '../../../../runtime/src/policy';
import { makeAuthorizer, type Authorizer } from '../../../../runtime/src/authorizer/authorizer';
import type { AuthorizerEvent, PolicyResponse } from '../../../../runtime/src/authorizer/gateway-events';
import type { JWK } from 'jose';
import { Forge } from '../../../support/attack/forge';
import { ask, httpApiEvent, methodArn, requestEvent, tokenEvent } from '../../../support/attack/gateway';
import type { HostileRequest } from '../../../support/attack/hostile-request';
import { manualClock, type ManualClock } from '../../../support/clock';
import { published, type Published } from '../../../support/auth/published';

const NOW = Date.UTC(2026, 5, 1) / 1_000;
const forge = new Forge(policy.issuer, policy.audience, NOW);

let clock: ManualClock;
let issuer: Published;
let logged: unknown[];
let authorize: Authorizer;

beforeEach(() => {
  clock = manualClock(NOW * 1_000);
  issuer = published(policy.issuer);
  issuer.publish(...(forge.published as JWK[]));
  logged = [];
  authorize = authorizerOf(policy);
});

/** A policy of these routes, with one tier. */
const policyOf = (routes: PolicyInput['routes']): Policy =>
  definePolicy({
    name: 'small-api',
    issuer: policy.issuer,
    audience: policy.audience,
    tiers: { free: [{ limit: 1, window: '1m' }] },
    defaultTier: 'free',
    lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m' },
    routes,
  });

const authorizerOf = (served: Policy): Authorizer =>
  makeAuthorizer(authorizerConfiguration({ policy: served }), (entry) => logged.push(entry), {
    clock,
    fetchJson: issuer.fetchJson,
  });

const bearing = (token: string, more: Partial<HostileRequest> = {}): HostileRequest => ({
  headers: [['Authorization', `Bearer ${token}`]],
  ...more,
});

it('tells the gateway who is calling', async () => {
  const event = tokenEvent(bearing(forge.token()));
  expect(await authorize(event)).toMatchObject({
    principalId: 'user-1',
    context: { subject: 'user-1', organisation: 'org-1', tier: 'pro' },
  });
  expect(await authorize(httpApiEvent(policy, bearing(forge.token())))).toEqual({
    isAuthorized: true,
    context: { subject: 'user-1', organisation: 'org-1', tier: 'pro' },
  });
});

describe('an event without the headers that another gateway sends', () => {
  const authorization = (): string => `Bearer ${forge.token()}`;
  const shapes: Record<string, (headers: Record<string, string> | undefined) => AuthorizerEvent> = {
    'payload 1.0 of an HTTP API, which has no multiValueHeaders': (headers) => {
      const { type, methodArn } = requestEvent(bearing(forge.token()));
      return { type, version: '1.0', methodArn, headers: headers ?? null };
    },
    'payload 2.0': (headers) => {
      const { type, version, routeKey, identitySource } = httpApiEvent(policy, bearing(forge.token()));
      return { type, version, routeKey, identitySource: identitySource ?? null, ...(headers && { headers }) };
    },
  };

  it.each(Object.entries(shapes))('%s: the token decides', async (_name, event) => {
    for (const name of ['Authorization', 'authorization'])
      expect(await authorize(event({ Accept: '*/*', [name]: authorization() }))).toMatchObject({
        context: { subject: 'user-1' },
      });
  });

  it.each(Object.entries(shapes))(
    '%s: two headers, two tokens in one, or none are refused',
    async (_name, event) => {
      for (const headers of [
        { Authorization: authorization(), authorization: authorization() },
        { authorization: `${authorization()},${authorization()}` },
        { accept: '*/*' },
        undefined,
      ]) {
        const answer = await authorize(event(headers)).catch((error: unknown) => (error as Error).message);
        expect(['Unauthorized', { isAuthorized: false }]).toContainEqual(answer);
      }
    },
  );
});

it('answers the same whatever a token asks for, so that the answer may be remembered', async () => {
  const token = forge.token();
  const answers = await Promise.all(
    policy.routes.flatMap(({ method, path }) => [
      authorize(tokenEvent(bearing(token, { method, path }))),
      authorize(requestEvent(bearing(token, { method, path: `${path}?page=1` }))),
    ]),
  );
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
});

it('names exactly the methods that the scopes permit', async () => {
  authorize = authorizerOf(
    policyOf([
      { method: 'GET', path: '/status', public: true },
      { method: 'GET', path: '/orders/:id', scopes: ['read'] },
      { method: 'POST', path: '/orders', scopes: ['write'] },
      { method: 'DELETE', path: '/orders/:id', scopes: ['read', 'write'] },
    ]),
  );
  const answer = await authorize(tokenEvent(bearing(forge.claims({ scope: 'read' }))));
  expect((answer as PolicyResponse).policyDocument).toEqual({
    Version: '2012-10-17',
    Statement: [
      {
        Action: 'execute-api:Invoke',
        Effect: 'Allow',
        Resource: ['GET/status', 'HEAD/status', 'GET/orders/*', 'HEAD/orders/*'].map(
          (resource) => `arn:aws:execute-api:us-east-1:123456789012:abcdef123/prod/${resource}`,
        ),
      },
    ],
  });
});

it('passes on what may stand in a log, and keeps different callers apart', async () => {
  const subjects = ['a"b', 'a%22b', 'a\r\nb', 'ä', '\ud800', '\u{1f600}'];
  const principals = await Promise.all(
    subjects.map(async (sub) => {
      const answer = await authorize(tokenEvent(bearing(forge.claims({ sub }))));
      return (answer as PolicyResponse).principalId;
    }),
  );
  expect(principals).toEqual(['a%22b', 'a%2522b', 'a%d%ab', '%e4', '%d800', '%1f600']);
});

describe('a path that servers read differently', () => {
  const files = policyOf([
    { method: 'GET', path: '/files/*rest' },
    { method: 'GET', path: '/projects/:id' },
    { method: 'POST', path: '/projects/*rest' },
  ]);

  beforeEach(() => void (authorize = authorizerOf(files)));

  const events = (method: string, path: string, routeKey: string): AuthorizerEvent[] => {
    const request = bearing(forge.token(), { method, path });
    const second = { ...httpApiEvent(files, request), routeKey, identitySource: ['x', routeKey] };
    return [
      tokenEvent(request),
      requestEvent(request),
      // A gateway that decodes or resolves the path of the ARN tells it in `path` as it was sent.
      { ...requestEvent(request), methodArn: methodArn(method, '/files/a') },
      second,
      { ...second, rawPath: `/live${path}`, requestContext: { stage: 'live' } },
    ];
  };

  it.each([
    ['GET', '/files/../admin', 'GET /files/{rest+}'],
    ['HEAD', '/files/%2e%2E/admin', 'HEAD /files/{rest+}'],
    ['GET', '/files/a%5Cb', 'GET /files/{rest+}'],
    ['GET', '/files/a%2Fb', 'GET /files/{rest+}'],
    ['HEAD', '/files/a%2Fb', 'HEAD /files/{rest+}'],
    ['POST', '/projects/a%2Fb', 'POST /projects/{rest+}'],
    ['GET', '/projects/..%2Fb', 'GET /projects/{id}'],
  ])('%s %s is refused by an error, which no gateway keeps', async (method, path, routeKey) => {
    for (const event of events(method, path, routeKey)) {
      expect(await ask(authorize, event)).toEqual({ status: 401, output: 'Unauthorized' });
      expect(logged).toContainEqual({ type: 'path_refused' });
      logged = [];
    }
  });

  it.each([
    ['GET', '/files/a..b/.well-known/...', 'GET /files/{rest+}'],
    ['GET', '/projects/group%2Fname', 'GET /projects/{id}'],
  ])('%s %s is another', async (method, path, routeKey) => {
    for (const event of events(method, path, routeKey))
      expect(await ask(authorize, event)).toMatchObject({ status: 200 });
  });
});

describe('payload 2.0', () => {
  it('is refused while the gateway would remember an answer for every route alike', async () => {
    const event = {
      ...httpApiEvent(policy, bearing(forge.token())),
      identitySource: [`Bearer ${forge.token()}`],
    };
    expect(await authorize(event)).toEqual({ isAuthorized: false });
    expect(logged).toContainEqual({
      type: 'misconfigured',
      remedy: 'add $context.routeKey to the identity sources of the authorizer',
    });
  });

  it.each([
    '$default',
    'ANY /api/transactions',
    'GET /{proxy+}',
    'GET /api/TRANSACTIONS',
    'DELETE /api/transactions',
  ])('is refused for a route key that no route of the policy has: %s', async (routeKey) => {
    const event = {
      ...httpApiEvent(policy, bearing(forge.token())),
      routeKey,
      identitySource: ['x', routeKey],
    };
    expect(await authorize(event)).toEqual({ isAuthorized: false });
  });

  it('decides by the route key, by which the gateway remembers, not by the path', async () => {
    const event = {
      ...httpApiEvent(policy, bearing(forge.token(), { method: 'POST', path: '/api/reports/generate' })),
      rawPath: '/api/transactions',
    };
    expect(await authorize(event)).toEqual({ isAuthorized: false });
  });
});

describe('events with parts missing', () => {
  it.each([
    ['no headers', { ...requestEvent({ headers: [] }), multiValueHeaders: null }],
    ['an empty token', { ...tokenEvent({ headers: [] }), authorizationToken: '' }],
  ])('%s: 401', async (_name, event) => {
    expect(await ask(authorize, event)).toEqual({ status: 401, output: 'Unauthorized' });
  });

  it('no headers, payload 2.0: refused', async () => {
    const event = { ...httpApiEvent(policy, { headers: [] }), headers: {} };
    expect(await ask(authorize, event)).toMatchObject({ status: 403 });
  });
});

it('an issuer that does not answer is a failure of the gateway, never a 401', async () => {
  issuer.goDown();
  const cold = authorizerOf(policy);
  for (const event of [tokenEvent(bearing(forge.token())), httpApiEvent(policy, bearing(forge.token()))]) {
    expect(await ask(cold, event)).toMatchObject({ status: 500 });
  }
});

it('refuses options as the middleware does', () => {
  expect(() => authorizerConfiguration({ policy, audience: '', toleranceSeconds: 90 })).toThrow(/2 problems/);
});
