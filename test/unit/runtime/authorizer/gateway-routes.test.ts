import fc from 'fast-check';
import { definePolicy, PolicyError, type Policy, type Problem } from '../../../../runtime/src/policy';
import { gatewayRoutes, type GatewayRoute } from '../../../../runtime/src/authorizer/gateway-routes';
import type { PolicyResponse } from '../../../../runtime/src/authorizer/gateway-events';
import { gatewayLimits } from '../../../../runtime/src/authorizer/gateway-limits';
import { permissions } from '../../../../runtime/src/authorizer/permissions';
import {
  meet,
  ANYTHING,
  ANYTHING_REPEATED,
  IN_SEGMENT,
  IN_SEGMENT_REPEATED,
} from '../../../../runtime/src/authorizer/wildcards';
import { policy as fintech } from '../../../../policy';
import { methodArn, permits } from '../../../support/attack/gateway';
import { runs } from '../../../support/fuzzing';

type RouteInput = Parameters<typeof definePolicy>[0]['routes'][number];

const policyOf = (...routes: readonly RouteInput[]): Policy =>
  definePolicy({
    name: 'api',
    issuer: fintech.issuer,
    audience: fintech.audience,
    tiers: { free: [{ limit: 1, window: '1m' }] },
    defaultTier: 'free',
    routes: [...routes],
    lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m' },
  });

/** Whether the answer that a token with these scopes got, whatever it asked for, permits this request. */
const mayCall = (policy: Policy, scopes: readonly string[], method: string, path: string): boolean =>
  permits(
    {
      principalId: 'user-1',
      policyDocument: {
        Version: '2012-10-17',
        Statement: permissions(gatewayRoutes(policy.routes), scopes, methodArn('GET', '/somewhere/else')),
      },
      context: { subject: 'user-1', tier: 'free' },
    },
    methodArn(method, path),
  );

describe('a route in the words of the gateway', () => {
  it('is its methods, its wildcards and its route keys', () => {
    const [route] = gatewayRoutes(
      policyOf({ method: 'GET', path: '/Users/:id/files/*rest', scopes: ['a'] }).routes,
    );
    expect(route).toEqual({
      scopes: ['a'],
      resources: ['GET/Users/*/files/*', 'HEAD/Users/*/files/*'],
      routeKeys: ['GET /Users/{id}/files/{rest+}', 'HEAD /Users/{id}/files/{rest+}'],
      alsoPermits: [],
      takesIn: [],
      wildcards: { source: expect.any(String) as string, groups: [2] },
    });
    expect(gatewayRoutes(policyOf({ method: 'GET', path: '/users/:id' }).routes)[0]).not.toHaveProperty(
      'wildcards',
    );
  });

  it('with an optional part is two', () => {
    const [route] = gatewayRoutes(policyOf({ method: 'POST', path: '/users{/:id}' }).routes);
    expect(route?.resources).toEqual(['POST/users', 'POST/users/*']);
    expect(route?.routeKeys).toEqual(['POST /users', 'POST /users/{id}']);
  });

  it('is refused where IAM would read a wildcard in it', () => {
    expect(() => gatewayRoutes(policyOf({ method: 'GET', path: '/a\\*b' }).routes)).toThrow(/holds \* or \?/);
  });

  it('is refused where two take each other in, and all such are told at once', () => {
    const { routes } = policyOf(
      { method: 'GET', path: '/:a/x/*rest', scopes: ['a'] },
      { method: 'GET', path: '/:b/y/x/:c', scopes: ['b'] },
      { method: 'GET', path: '/what\\?', scopes: ['c'] },
    );
    try {
      gatewayRoutes(routes);
      throw new Error('not refused');
    } catch (error) {
      expect(error).toBeInstanceOf(PolicyError);
      expect((error as PolicyError).problems.map(({ path }) => path)).toEqual([
        'routes[1].path',
        'routes[2].path',
      ]);
    }
  });
});

describe('a route that has to be denied by name', () => {
  const between = (scopes: readonly string[]): Policy =>
    policyOf(
      { method: 'GET', path: '/a/a/a' },
      { method: 'GET', path: '/:first' },
      { method: 'GET', path: '/:first/a', scopes: [...scopes] },
    );

  it('is refused where that would deny a third as well', () => {
    expect(() => gatewayRoutes(between(['r']).routes)).toThrow(
      'routes[0].path: a gateway’s wildcards cannot permit it where routes[1] is permitted and routes[2] is not',
    );
  });

  it('is not where who may call the others may call it too', () => {
    expect(gatewayRoutes(between([]).routes)).toHaveLength(3);
  });
});

describe('a remembered answer', () => {
  const users = policyOf(
    { method: 'GET', path: '/users/:id', scopes: ['users'] },
    { method: 'GET', path: '/users/:id/orders', scopes: ['orders'] },
    { method: 'GET', path: '/users/:id/orders/:order', scopes: ['orders', 'details'] },
    { method: 'DELETE', path: '/users/:id', scopes: ['admin'] },
    { method: 'GET', path: '/status', public: true },
  );

  it.each<[readonly string[], string, string, boolean]>([
    [['users'], 'GET', '/users/7', true],
    [['users'], 'HEAD', '/users/7', true],
    [['users'], 'GET', '/users/7/orders', false],
    [['users'], 'HEAD', '/users/7/orders/1', false],
    [['users'], 'DELETE', '/users/7', false],
    [['orders'], 'GET', '/users/7', false],
    [['orders'], 'GET', '/users/7/orders', true],
    [['orders'], 'GET', '/users/7/orders/1', false],
    [['users', 'orders'], 'GET', '/users/7/orders', true],
    [['users', 'orders', 'details'], 'GET', '/users/7/orders/1', true],
    [[], 'GET', '/status', true],
    [[], 'GET', '/users/7', false],
    [['users'], 'GET', '/admin', false],
  ])('for %j: %s %s is %s', (scopes, method, path, expected) => {
    expect(mayCall(users, scopes, method, path)).toBe(expected);
  });

  it('of a token that may do nothing denies everything, and is still an answer', () => {
    const closed = policyOf({ method: 'GET', path: '/a', scopes: ['a'] });
    const statements = permissions(gatewayRoutes(closed.routes), [], methodArn('GET', '/a'));
    expect(statements).toEqual([
      {
        Action: 'execute-api:Invoke',
        Effect: 'Deny',
        Resource: [methodArn('GET', '/a'), methodArn('HEAD', '/a')],
      },
    ]);
  });

  /** Policies of small pieces, so that their routes get into each other's way. */
  const segment = fc.constantFrom('a', 'b', ':p');
  const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => {
    const named = parts.map((part, index) => (part === ':p' ? `:p${index}` : part));
    return `/${named.join('/')}`;
  });
  const routes = fc.uniqueArray(
    fc.record({
      method: fc.constantFrom('GET' as const, 'POST' as const),
      path,
      scopes: fc.subarray(['r', 's']),
    }),
    { minLength: 1, maxLength: 6, selector: ({ method, path: text }) => `${method} ${text}` },
  );
  const requested = fc
    .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 })
    .map((parts) => `/${parts.join('/')}`);

  it('permits a listed request if and only if the app does', () => {
    let judged = 0;
    fc.assert(
      fc.property(
        routes,
        fc.subarray(['r', 's']),
        fc.array(fc.tuple(fc.constantFrom('GET', 'HEAD', 'POST'), requested), {
          minLength: 4,
          maxLength: 12,
        }),
        (listed, scopes, requests) => {
          const policy = tryPolicy(listed);
          fc.pre(policy !== undefined);
          for (const [method, requestPath] of requests) {
            const route = policy.match(method, requestPath);
            // What the policy does not list is no method of the gateway: no answer can open it.
            if (!route) continue;
            judged += 1;
            const expected = route.scopes.every((scope) => scopes.includes(scope));
            expect([method, requestPath, mayCall(policy, scopes, method, requestPath)]).toEqual([
              method,
              requestPath,
              expected,
            ]);
          }
        },
      ),
      { numRuns: runs(500) },
    );
    expect(judged).toBeGreaterThan(runs(50));
  });

  it('leaves out what another pattern of the same effect takes in', () => {
    const statements = permissions(
      gatewayRoutes(users.routes),
      ['users', 'orders', 'details', 'admin'],
      methodArn('GET', '/'),
    );
    expect(statements).toEqual([
      {
        Action: 'execute-api:Invoke',
        Effect: 'Allow',
        Resource: [
          methodArn('GET', '/users/*'),
          methodArn('HEAD', '/users/*'),
          methodArn('DELETE', '/users/*'),
          methodArn('GET', '/status'),
          methodArn('HEAD', '/status'),
        ],
      },
    ]);
  });

  it('says exactly what it would say with every route by name, of unlisted requests too', () => {
    let folded = 0;
    const answers = (listed: readonly GatewayRoute[], scopes: readonly string[]): PolicyResponse => ({
      principalId: 'user-1',
      policyDocument: {
        Version: '2012-10-17',
        Statement: permissions(listed, scopes, methodArn('GET', '/')),
      },
      context: { subject: 'user-1', tier: 'free' },
    });
    const anything = fc.tuple(
      fc.constantFrom('GET', 'HEAD', 'POST', 'DELETE'),
      fc
        .array(fc.constantFrom('a', 'b', 'c', '', '*'), { minLength: 1, maxLength: 5 })
        .map((parts) => `/${parts.join('/')}`),
    );
    fc.assert(
      fc.property(
        routes,
        fc.subarray(['r', 's']),
        fc.array(anything, { minLength: 8, maxLength: 16 }),
        (listed, scopes, requests) => {
          const policy = tryPolicy(listed);
          fc.pre(policy !== undefined);
          const all = gatewayRoutes(policy.routes);
          const short = answers(all, scopes);
          const long = answers(
            all.map((route) => ({ ...route, takesIn: [] })),
            scopes,
          );
          if (JSON.stringify(short).length < JSON.stringify(long).length) folded += 1;
          for (const [method, requestPath] of requests) {
            const arn = methodArn(method, requestPath);
            expect([arn, permits(short, arn)]).toEqual([arn, permits(long, arn)]);
          }
        },
      ),
      { numRuns: runs(1_000) },
    );
    expect(folded).toBeGreaterThan(0);
  });

  /** `undefined` where the routes are refused: two of them are one, here or at the gateway. */
  function tryPolicy(listed: readonly RouteInput[]): Policy | undefined {
    try {
      const policy = policyOf(...listed);
      gatewayRoutes(policy.routes);
      return policy;
    } catch (error) {
      if (error instanceof PolicyError) return undefined;
      throw error;
    }
  }
});

describe('what API Gateway has room for', () => {
  const long = (characters: number): string => `/${'a'.repeat(characters - 1)}`;

  it('is a resource of 512 characters, whatever its region and its stage are called', () => {
    const problems = (() => {
      try {
        gatewayRoutes(policyOf({ method: 'GET', path: '/a' }, { method: 'DELETE', path: long(400) }).routes);
      } catch (error) {
        return (error as PolicyError).problems;
      }
      return [];
    })();
    expect(problems).toEqual([
      {
        path: 'routes[1].path',
        message: expect.stringMatching(
          /^needs up to \d+ characters in the authorizer’s answer, API Gateway takes 512; shorten it by \d+$/,
        ) as string,
      },
    ]);
    const excess = Number(/by (\d+)$/.exec(problems[0]?.message ?? '')?.[1]);
    expect(gatewayRoutes(policyOf({ method: 'DELETE', path: long(400 - excess) }).routes)).toHaveLength(1);
    expect(() => gatewayRoutes(policyOf({ method: 'DELETE', path: long(401 - excess) }).routes)).toThrow(
      /by 1$/m,
    );
  });

  it('is an answer of 6 MB, which Lambda returns at most', () => {
    const [route] = policyOf({ method: 'POST', path: '/a' }).routes;
    const of = (count: number): Problem[] =>
      gatewayLimits(Array.from({ length: count }, () => ({ ...route!, path: `/${'a'.repeat(199)}` })));
    expect(of(300)).toEqual([]);
    expect(of(20_000)).toEqual([
      {
        path: 'routes',
        message: expect.stringMatching(
          /^need up to \d+ bytes in the authorizer’s answer, Lambda returns at most 6291556; make it several APIs$/,
        ) as string,
      },
    ]);
  });
});

describe('two texts with wildcards', () => {
  const part = fc.constantFrom('a', 'b', '/', IN_SEGMENT, IN_SEGMENT_REPEATED, ANYTHING, ANYTHING_REPEATED);
  const pattern = fc.array(part, { maxLength: 6 }).map((parts) => parts.join(''));
  const expression = (text: string): RegExp =>
    new RegExp(
      `^${text
        .replaceAll(IN_SEGMENT, '[^/]')
        .replaceAll(IN_SEGMENT_REPEATED, '[^/]*')
        .replaceAll(ANYTHING_REPEATED, '.*')
        .replaceAll(ANYTHING, '.')}$`,
    );
  const ALL = textsUpTo(6);

  it('meet if some text is both', () => {
    fc.assert(
      fc.property(pattern, pattern, (first, second) => {
        const [a, b] = [expression(first), expression(second)];
        if (ALL.some((text) => a.test(text) && b.test(text))) expect(meet(first, second)).toBe(true);
        // The shortest text that is both is no longer than both together; short patterns are tried in full.
        else if (first.length + second.length <= 6) expect(meet(first, second)).toBe(false);
      }),
      { numRuns: runs(1_000) },
    );
  });

  function textsUpTo(length: number): string[] {
    let last = [''];
    const all = [...last];
    for (let n = 0; n < length; n += 1) {
      last = last.flatMap((text) => ['a', 'b', '/'].map((character) => text + character));
      all.push(...last);
    }
    return all;
  }
});
