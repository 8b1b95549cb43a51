/**
 * One policy, one answer: what a gateway says, read from the stack that was synthesized by an interpreter that shares no
 * code with it, and what the app behind it says, for each route, tier and token. The gateway is never stricter than the
 * app. Where they differ, one table says so.
 */
import type { GatewayProps } from '@portcullis/constructs/aws';
import { rateLimit } from '@portcullis/runtime';
import type { Policy, PolicyInput } from '@portcullis/runtime/policy';
import Ajv from 'ajv';
import { Testing } from 'cdktf';
import express from 'express';
import fc from 'fast-check';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { policy } from '../../policy';
import { bodies, newTransaction } from '../../bodies';
import { enforce, requireAuth, type AuthMiddleware } from '../../runtime/src/auth';
import { Forge } from '../support/attack/forge';
import { listen, toBytes, type Listening, type RawAnswer } from '../support/attack/wire';
import { exposes, mayRead, maySend, type AnswerHeaders } from '../support/one-policy/browser';
import { readDocument, type Document } from '../support/one-policy/document';
import type { Gateway, GatewayRequest, Verdict } from '../support/one-policy/gateway';
import { httpApi } from '../support/one-policy/http-api';
import { startHttpsIssuer, type HttpsIssuer } from '../support/one-policy/https-issuer';
import { restApi } from '../support/one-policy/rest-api';
import { makeCertificates } from '../support/certificates';
import { httpApiIn, policyOf, restApiIn, type RouteInput } from '../support/synth/aws-fixtures';
import { stackIn } from '../support/synth/synthesize';
import { connect, startRedis, type TestRedis } from './runtime/rate-limit/redis';
import { runs } from '../support/fuzzing';
import { PATIENTLY } from '../support/patiently';

const BUSY_CLIENTS = 3;
const seconds = (): number => Math.floor(Date.now() / 1_000);

let folder: string;
let issuer: HttpsIssuer;
let forge: Forge;
let server: TestRedis;
let redis: Awaited<ReturnType<typeof connect>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'one-policy-'));
  issuer = await startHttpsIssuer(await makeCertificates(folder));
  forge = new Forge(issuer.url, policy.audience, seconds());
  issuer.publish(forge.published);
  server = await startRedis();
  redis = await connect(server.url);
  jest.spyOn(console, 'log').mockImplementation(() => undefined); // the authorizer's log
});

afterAll(async () => {
  jest.restoreAllMocks();
  redis.destroy();
  await server.stop();
  await issuer.stop();
  await rm(folder, { recursive: true });
});

type Algorithms = NonNullable<NonNullable<GatewayProps['auth']>['algorithms']>;
type Kind = 'HTTP API' | 'REST API';

/** A policy with both gateways, as they are synthesized, and the app. */
interface World {
  readonly gateways: Readonly<Record<Kind, Gateway>>;
  readonly documents: Readonly<Record<Kind, Document>>;
  readonly app: Listening;
  stop(): Promise<void>;
}

async function worldOf(governing: Policy, algorithms: Algorithms): Promise<World> {
  const options = { issuer: issuer.url, audience: policy.audience, algorithms };
  const props = { policy: governing, auth: options, busyClients: BUSY_CLIENTS };
  const documentOf = (fill: (stack: ReturnType<typeof stackIn>) => unknown): Document => {
    const stack = stackIn();
    fill(stack);
    return readDocument(join(Testing.fullSynth(stack), 'stacks', 'test'));
  };
  const documents = {
    'HTTP API': documentOf((stack) => httpApiIn(stack, props)),
    'REST API': documentOf((stack) => restApiIn(stack, props)),
  };
  const auth: AuthMiddleware = requireAuth({ policy: governing, jwksUri: `${issuer.url}/jwks`, ...options });
  const limiter = rateLimit({ policy: governing, redis, ...PATIENTLY });
  const app = await listen(
    express().use(auth, limiter, enforce(governing), (_req, res) => void res.sendStatus(204)),
  );
  return {
    gateways: {
      'HTTP API': httpApi(documents['HTTP API'], { keys: forge.published, now: seconds }),
      'REST API': restApi(documents['REST API']),
    },
    documents,
    app,
    stop: async () => {
      await limiter.close();
      auth.close();
      await app.stop();
    },
  };
}

const asksFor = (
  method: string,
  url: string,
  authorization?: string,
  more: Readonly<Record<string, string>> = {},
): GatewayRequest => ({
  method,
  url,
  headers: { ...(authorization !== undefined && { Authorization: authorization }), ...more },
});

const send = ({ app }: World, { method, url, headers }: GatewayRequest): Promise<RawAnswer> =>
  app.send(toBytes({ method, path: url, headers: Object.entries(headers) }));

let organisations = 0;
/** Nobody has called with it before: what limits is the tier, not an earlier test. */
const fresh = () => ({ org_id: `org-${(organisations += 1)}` });

/** Tokens that every verifier has to see through, by what they are. */
function tokensOf(scopes: readonly string[], tier: string, algorithms: Algorithms): (string | undefined)[] {
  const subsets = scopes.reduce<string[][]>(
    (all, scope) => [...all, ...all.map((some) => [...some, scope])],
    [[]],
  );
  const good = subsets.map((some) => `Bearer ${forge.claims({ ...fresh(), tier, scope: some.join(' ') })}`);
  const everything = { ...fresh(), tier, scope: scopes.join(' ') };
  const ec = algorithms.includes('ES256');
  return [
    undefined,
    'Basic dXNlcjpwYXNz',
    ...good,
    ...(ec ? [`Bearer ${forge.token({ claims: everything }, forge.ec)}`] : []),
    `Bearer ${forge.claims({ ...everything, iat: seconds() - 900, exp: seconds() - 60 })}`,
    `Bearer ${forge.claims({ ...everything, aud: 'https://other.example.com' })}`,
    `Bearer ${forge.token({ claims: everything }, { ...forge.attacker, id: forge.rsa.id })}`,
  ];
}

/** A path of the route for each of the texts that its parameters may be. */
function pathsOf(path: string, values: readonly string[]): string[] {
  const plain = [path.replace(/\{.*\}/, ''), path.replace(/[{}]/g, '')];
  return [...new Set(plain.flatMap((one) => values.map((value) => one.replace(/[:*]\w+/g, value))))];
}

/** Both gateways let through exactly what the app allows; their throttles let a tier have what is its own. */
async function expectOneAnswer(
  world: World,
  governing: Policy,
  values: readonly string[],
  algorithms: Algorithms,
): Promise<number> {
  const scopes = [...new Set(governing.routes.flatMap((route) => route.scopes))];
  let compared = 0;
  for (const route of governing.routes) {
    const names = route.method === 'GET' ? ['GET', 'HEAD'] : [route.method];
    for (const [tier, windows] of Object.entries(governing.tiers)) {
      for (const authorization of tokensOf(scopes, tier, algorithms)) {
        for (const [name, path] of names.flatMap((one) =>
          pathsOf(route.path, values).map((made) => [one, made] as const),
        )) {
          const request = asksFor(name, path, authorization);
          const { status } = await send(world, request);
          if (status === 429) continue; // a tier so small that this test fills it
          for (const [kind, gateway] of Object.entries(world.gateways)) {
            const verdict = await gateway.answer(request);
            const said = `${kind}: ${name} ${path} ${tier} → ${verdict.status}, app ${status}`;
            expect([said, verdict.status === 200]).toEqual([said, status === 204]);
            expectRoom(verdict, windows, route.cost);
            compared += 1;
          }
        }
      }
    }
  }
  return compared;
}

function expectRoom({ status, throttle }: Verdict, windows: Policy['tiers'][string], cost: number): void {
  if (status !== 200) return;
  const atOnce = Math.min(...windows.map(({ limit }) => Math.floor(limit / Math.max(cost, 1))));
  expect(throttle?.burst).toBeGreaterThanOrEqual(BUSY_CLIENTS * atOnce);
  // Divided once, at the end: a rate that is rounded on the way may come out above one that is exact.
  const aSecond = Math.min(
    ...windows.map(
      ({ limit, windowSeconds }) => (BUSY_CLIENTS * limit) / (Math.max(cost, 1) * windowSeconds),
    ),
  );
  expect(throttle?.rate).toBeGreaterThanOrEqual(aSecond);
}

/** What the gateway and the app behind it tell a browser, together. */
async function toldTo(world: World, kind: Kind, asked: GatewayRequest): Promise<Told> {
  const { status, headers = {} } = await world.gateways[kind].answer(asked);
  if (status !== 200) return { status, headers };
  const answer = await send(world, asked);
  return { status: answer.status, headers: { ...Object.fromEntries(answer.headers), ...headers } };
}

interface Told {
  readonly status: number;
  readonly headers: AnswerHeaders;
}

const STRANGER = 'https://stranger.example.com';

/** Both gateways let the pages of exactly the policy's origins call, and read what was refused, as the app does. */
async function expectOneCors(world: World, governing: Policy, values: readonly string[]): Promise<number> {
  const { cors } = governing;
  const scopes = [...new Set(governing.routes.flatMap((route) => route.scopes))].join(' ');
  let compared = 0;
  for (const route of governing.routes)
    for (const path of pathsOf(route.path, values))
      for (const origin of [...(cors?.origins ?? []), STRANGER].filter((one) => one !== '*'))
        for (const credentials of [false, true]) {
          const page = { origin, credentials, method: route.method, headers: ['authorization'] };
          const isListed = cors?.origins.some((one) => one === origin || one === '*') === true;
          const allowed = isListed && (cors.credentials || !credentials);
          const preflight = asksFor('OPTIONS', path, undefined, {
            Origin: origin,
            'Access-Control-Request-Method': route.method,
            'Access-Control-Request-Headers': 'authorization',
          });
          const app = await send(world, preflight);
          const said = `${origin} ${credentials} ${route.method} ${path}`;
          expect([said, maySend(app.status, Object.fromEntries(app.headers), page)]).toEqual([said, allowed]);
          for (const kind of ['HTTP API', 'REST API'] as const) {
            const { status, headers } = await toldTo(world, kind, preflight);
            expect([kind, said, maySend(status, headers, page)]).toEqual([kind, said, allowed]);
            for (const authorization of [
              undefined,
              `Bearer ${forge.claims({ ...fresh(), scope: scopes })}`,
            ]) {
              const answer = await toldTo(
                world,
                kind,
                asksFor(route.method, path, authorization, { Origin: origin }),
              );
              if (!allowed && answer.status >= 400) continue; // see the differences below
              expect([kind, said, answer.status, mayRead(answer.headers, page)]).toEqual([
                kind,
                said,
                answer.status,
                allowed,
              ]);
              if (allowed) for (const name of LIMIT_HEADERS) expect(exposes(answer.headers, name)).toBe(true);
              compared += 1;
            }
          }
        }
  return compared;
}

const LIMIT_HEADERS = ['ratelimit', 'retry-after', 'x-ratelimit-remaining'];

describe.each<[string, Algorithms]>([
  ["API Gateway's own JWT authorizer", ['RS256']],
  ['the Lambda authorizer', ['RS256', 'ES256']],
])('the fintech API, with %s', (_name, algorithms) => {
  it('has one answer for each route, tier and token', async () => {
    const world = await worldOf(policy, algorithms);
    try {
      expect(await expectOneAnswer(world, policy, ['x7'], algorithms)).toBeGreaterThan(1_000);
    } finally {
      await world.stop();
    }
  });
});

describe('a policy that nobody wrote', () => {
  const PATHS = [
    '/',
    '/a',
    '/a/b',
    '/a/:id',
    '/a/:id/b',
    '/a/:key/:id',
    '/c/:x',
    '/c/d/:y',
    '/e{/:z}',
    '/f/*rest',
  ];
  const route: fc.Arbitrary<RouteInput> = fc.record({
    method: fc.constantFrom('GET', 'POST', 'PUT'),
    path: fc.constantFrom(...PATHS),
    scopes: fc.subarray(['read', 'write', 'admin']),
    cost: fc.integer({ min: 0, max: 3 }),
  });
  const windows = fc.uniqueArray(
    fc.record({ limit: fc.integer({ min: 50, max: 500 }), window: fc.constantFrom('10s', '1m', '1h') }),
    { minLength: 1, maxLength: 2, selector: ({ window }) => window },
  );
  const cors: fc.Arbitrary<NonNullable<PolicyInput['cors']>> = fc.record(
    {
      origins: fc.oneof(
        fc.constant<string[]>(['*']),
        fc.subarray(['https://app.example.com', 'https://b.example.com:8443', 'http://localhost:3000'], {
          minLength: 1,
        }),
      ),
      credentials: fc.boolean(),
      headers: fc.constant<string[]>(['Authorization', 'X-Request-Id']),
      maxAge: fc.constantFrom('1s', '1d'),
    },
    { requiredKeys: ['origins'] },
  );
  const made = fc
    .record({
      cors: fc.option(cors, { nil: undefined, freq: 3 }),
      routes: fc.array(route, { minLength: 1, maxLength: 5 }),
      opened: fc.nat(4),
      tiers: fc.record({ free: windows, pro: windows }),
      algorithms: fc.constantFrom<Algorithms>(['RS256'], ['RS256', 'ES256']),
    })
    .map(({ cors, routes, opened, tiers, algorithms }) => ({
      algorithms,
      governing: (): Policy =>
        policyOf(
          routes.map((one, index) => (index === opened ? { ...one, scopes: [], public: true } : one)),
          { tiers, audience: policy.audience, ...(cors && { cors }) },
        ),
    }))
    // What the constructs refuse has no gateway.
    .filter(({ governing }) => {
      try {
        restApiIn(stackIn(), { policy: governing() });
        return true;
      } catch {
        return false;
      }
    });

  it('has one answer too', async () => {
    await fc.assert(
      fc.asyncProperty(made, async ({ governing, algorithms }) => {
        const one = governing();
        const world = await worldOf(one, algorithms);
        try {
          // What stands beside a parameter in another route is one of its values as well.
          await expectOneAnswer(world, one, ['x7', 'b', 'd'], algorithms);
          await expectOneCors(world, one, ['x7', 'b', 'd']);
        } finally {
          await world.stop();
        }
      }),
      { numRuns: runs(30) },
    );
  });
});

describe('where a gateway and the app differ', () => {
  let world: World;
  beforeAll(async () => {
    world = await worldOf(policy, ['RS256']);
  });
  afterAll(() => world.stop());

  const ROUTE = '/api/transactions';
  const good = (more: object = {}): string => `Bearer ${forge.claims({ ...fresh(), ...more })}`;

  interface Difference {
    readonly what: string;
    readonly request: () => GatewayRequest;
    readonly app: number;
    readonly gateways: Partial<Readonly<Record<Kind, number>>>;
  }
  /** Everything that a gateway cannot express. 200: passed on, and the app decides again. */
  const differences: Difference[] = [
    {
      what: 'the type of a token (RFC 9068): a JWT authorizer does not ask',
      request: () => asksFor('GET', ROUTE, `Bearer ${forge.header({ typ: 'JWT' })}`),
      app: 401,
      gateways: { 'HTTP API': 200 },
    },
    {
      what: 'the longest life of a token',
      request: () => asksFor('GET', ROUTE, good({ exp: seconds() + 7_200 })),
      app: 401,
      gateways: { 'HTTP API': 200 },
    },
    {
      what: 'a token that names its client and no audience',
      request: () => asksFor('GET', ROUTE, good({ aud: undefined, client_id: policy.audience })),
      app: 401,
      gateways: { 'HTTP API': 200 },
    },
    {
      what: 'a token without its scheme',
      request: () => asksFor('GET', ROUTE, forge.token()),
      app: 401,
      gateways: { 'HTTP API': 200 },
    },
    {
      what: 'a token sent twice: an answer that is kept cannot depend on the query',
      request: () => asksFor('GET', `${ROUTE}?access_token=x`, good()),
      app: 400,
      gateways: { 'HTTP API': 200, 'REST API': 200 },
    },
    {
      what: 'clocks that are apart: a JWT authorizer tolerates nothing',
      request: () => asksFor('GET', ROUTE, good({ iat: seconds() - 100, exp: seconds() - 1 })),
      app: 204,
      gateways: { 'HTTP API': 401 },
    },
    {
      what: 'a token that does not name its key, where there is but one',
      request: () => asksFor('GET', ROUTE, `Bearer ${forge.header({ kid: undefined })}`),
      app: 204,
      gateways: { 'HTTP API': 401 },
    },
    {
      what: 'the scheme in other letters: documented is `Bearer`',
      request: () => asksFor('GET', ROUTE, good().replace('Bearer', 'bearer')),
      app: 204,
      gateways: { 'HTTP API': 401 },
    },
    {
      what: 'the case of a path',
      request: () => asksFor('GET', ROUTE.toUpperCase(), good()),
      app: 204,
      gateways: { 'HTTP API': 404, 'REST API': 403 },
    },
    {
      what: 'a slash at the end',
      request: () => asksFor('GET', `${ROUTE}/`, good()),
      app: 204,
      gateways: { 'HTTP API': 404, 'REST API': 403 },
    },
  ];

  it.each(differences.map((line) => [line.what, line] as const))(
    '%s',
    async (_what, { request, app, gateways }) => {
      const asked = request();
      expect((await send(world, asked)).status).toBe(app);
      for (const [kind, status] of Object.entries(gateways)) {
        expect([kind, (await world.gateways[kind as Kind].answer(asked)).status]).toEqual([kind, status]);
      }
    },
  );

  it('all of several scopes: a JWT authorizer asks for any one, so the Lambda authorizer is asked', async () => {
    const both = policyOf([{ method: 'GET', path: '/orders', scopes: ['read', 'export'] }], {
      audience: policy.audience,
    });
    const strict = await worldOf(both, ['RS256']);
    try {
      const [route] = strict.documents['HTTP API'].all('aws_apigatewayv2_route');
      expect(route?.fields.authorization_type).toBe('CUSTOM');
      const asked = asksFor('GET', '/orders', good({ tier: 'free', scope: 'read' }));
      expect((await send(strict, asked)).status).toBe(403);
      expect((await strict.gateways['HTTP API'].answer(asked)).status).toBe(403);
    } finally {
      await strict.stop();
    }
  });

  it('a path that servers read differently: nobody at a gateway looks at the path of a public route', async () => {
    const files = await worldOf(
      policyOf(
        [
          { method: 'GET', path: '/files/*rest', public: true },
          { method: 'GET', path: '/mine/*rest', scopes: ['read'] },
          { method: 'GET', path: '/ours/*rest', scopes: ['read', 'export'] },
        ],
        { audience: policy.audience },
      ),
      ['RS256'],
    );
    const token = good({ tier: 'free', scope: 'read export' });
    const statuses = async (url: string): Promise<readonly number[]> => {
      const asked = asksFor('GET', url, token);
      const { 'HTTP API': http, 'REST API': rest } = files.gateways;
      return [
        (await send(files, asked)).status,
        (await http.answer(asked)).status,
        (await rest.answer(asked)).status,
      ];
    };
    try {
      for (const path of ['../admin', '%2e%2E/admin', 'a%5cb', 'a%2fb']) {
        expect([path, await statuses(`/files/${path}`)]).toEqual([path, [400, 200, 200]]);
        // An HTTP API's JWT authorizer does not look at the path, the Lambda authorizer does.
        expect([path, await statuses(`/mine/${path}`)]).toEqual([path, [400, 200, 401]]);
        expect([path, await statuses(`/ours/${path}`)]).toEqual([path, [400, 401, 401]]);
      }
      for (const path of ['a..b', '.well-known', '...', 'a%252fb'])
        for (const below of ['files', 'mine', 'ours'])
          expect([path, await statuses(`/${below}/${path}`)]).toEqual([path, [204, 200, 200]]);
    } finally {
      await files.stop();
    }
  });

  describe('pages of other origins', () => {
    const routes = [{ method: 'GET', path: '/orders', scopes: ['read'] }] satisfies RouteInput[];
    const several = { origins: ['https://a.example.com', 'https://b.example.com'] };

    it('a REST API has one value for all: where there are several origins, every page may read its refusals', async () => {
      const shared = await worldOf(policyOf(routes, { audience: policy.audience, cors: several }), ['RS256']);
      const asked = asksFor('GET', '/orders', undefined, { Origin: STRANGER });
      const page = { origin: STRANGER, credentials: false };
      try {
        expect(mayRead(Object.fromEntries((await send(shared, asked)).headers), page)).toBe(false);
        expect(mayRead((await toldTo(shared, 'HTTP API', asked)).headers, page)).toBe(false);
        expect(mayRead((await toldTo(shared, 'REST API', asked)).headers, page)).toBe(true);
      } finally {
        await shared.stop();
      }
    });

    it('with cookies there is no such value, so the REST API is refused', () => {
      const governing = policyOf(routes, { cors: { ...several, credentials: true } });
      expect(() => restApiIn(stackIn(), { policy: governing })).toThrow(/policy\.cors\.origins/);
      expect(() => httpApiIn(stackIn(), { policy: governing })).not.toThrow();
    });
  });

  it('what AWS takes for an attack, or for a bad address', () => {
    const [acl] = world.documents['REST API'].all('aws_wafv2_web_acl');
    const rules = acl?.fields.rule as { statement: object }[];
    expect(rules.filter(({ statement }) => 'managed_rule_group_statement' in statement)).toHaveLength(3);
  });

  describe('the words of a refusal', () => {
    /** Apps set these on every answer by themselves; the one of this test has no helmet. */
    const BY_HELMET = new Set(['strict-transport-security', 'x-content-type-options']);
    it.each<[string, () => GatewayRequest]>([
      ['no token', () => asksFor('GET', ROUTE)],
      ['a route that the policy does not list', () => asksFor('GET', '/api/admin', good())],
    ])('are the app’s where a REST API knows as much: %s', async (_what, request) => {
      const verdict = await world.gateways['REST API'].answer(request());
      const answer = await send(world, request());
      expect(verdict.status).toBe(answer.status);
      expect(verdict.body).toEqual(JSON.parse(answer.body));
      for (const [name, value] of Object.entries(verdict.headers ?? {})) {
        if (!BY_HELMET.has(name.toLowerCase())) expect(answer.headers.get(name)).toBe(value);
      }
    });

    it('say less where it does not: which scopes, and whether a token has expired', async () => {
      const poor = asksFor('GET', ROUTE, good({ scope: '' }));
      const { error, message } = JSON.parse((await send(world, poor)).body) as Record<string, unknown>;
      expect(message).toMatch(/^Required scopes: /);
      expect((await world.gateways['REST API'].answer(poor)).body).toEqual({
        error,
        message: 'The access token does not grant what this call needs',
      });

      const expired = asksFor('GET', ROUTE, good({ iat: seconds() - 900, exp: seconds() - 60 }));
      expect(JSON.parse((await send(world, expired)).body)).toMatchObject({ error: 'token_expired' });
      expect((await world.gateways['REST API'].answer(expired)).body).toMatchObject({
        error: 'unauthorized',
      });
    });

    it('are API Gateway’s own where it is an HTTP API', async () => {
      expect((await world.gateways['HTTP API'].answer(asksFor('GET', ROUTE))).body).toEqual({
        message: 'Unauthorized',
      });
    });
  });
});

it('no body is refused by the gateway that the app would take', () => {
  const { $schema, ...schema } = bodies['POST /api/transactions'];
  expect($schema).toBe('http://json-schema.org/draft-04/schema#');
  const accepts = new Ajv({ strict: false }).compile(schema);
  const some = fc.record({
    account: fc.stringMatching(/^acc-[0-9]{1,12}$/),
    amountCents: fc.oneof(fc.integer(), fc.maxSafeInteger()),
    currency: fc.stringMatching(/^[A-Z]{3}$/),
    description: fc.string({ minLength: 1, maxLength: 140, unit: 'binary' }),
  });
  fc.assert(
    fc.property(some, (body) => {
      if (newTransaction.safeParse(body).success) expect(accepts(body)).toBe(true);
    }),
  );
  expect(accepts({ account: 'acc-1', amountCents: 1, currency: 'EUR' })).toBe(false);
});
