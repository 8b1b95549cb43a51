/** The interpreter of the policy shares no code with the runtime. So where they agree, neither is wrong alone. */
import { definePolicy } from '@portcullis/runtime/policy';
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { policy as example } from '../../../../policy';
import { decisionOf, routeFor } from '../../../../cli/src/verify/policy/decision';
import { limitsFor, tiersBySize } from '../../../../cli/src/verify/policy/limits';
import { matchesPath, parametersOf, pathFor } from '../../../../cli/src/verify/policy/path';
import { runs } from '../../../support/fuzzing';
import { policy, policyInput } from '../../../support/verify/api';

const PATTERNS = [
  '/',
  '/a',
  '/a/:b',
  '/a/:b/c',
  '/a{/:b}',
  '/files/*rest',
  '/:a-:b',
  '/a.b',
  '/"x"',
  '/a{/b{/c}}/d',
];

const routesAs = (path: string) =>
  definePolicy({ ...policyInput, routes: [{ method: 'GET', path }], cors: undefined } as never);

it.each(PATTERNS)('takes the same paths for %s as the runtime', (pattern) => {
  const { match } = routesAs(pattern);
  const segment = fc.constantFrom(
    'a',
    'A',
    'b',
    'c',
    'd',
    'a.b',
    'axb',
    'files',
    'x-y',
    '-',
    '',
    '"x"',
    '%2F',
    'é',
  );
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 5 }), (segments) => {
      const path = `/${segments.join('/')}`;
      expect([path, matchesPath(pattern, path)]).toEqual([path, match('GET', path) !== undefined]);
    }),
    { numRuns: runs(200) },
  );
});

it.each(PATTERNS)('makes a path of %s, which is one of it', (pattern) => {
  expect(routesAs(pattern).match('GET', pathFor(pattern))).toBeDefined();
});

it('puts values into a path, encoded', () => {
  expect(parametersOf('/a/:b/*rest')).toEqual(['b', 'rest']);
  expect(pathFor('/a/:b/*rest', { b: 'x/y', rest: 'one/two three' })).toBe('/a/x%2Fy/one/two%20three');
});

it('finds the routes of the example as the runtime does, HEAD as GET', () => {
  for (const { method, path } of example.routes) {
    const target = pathFor(path);
    expect(routeFor(example, method, target)).toBe(example.match(method, target));
  }
  expect(routeFor(example, 'HEAD', '/API/Me/')).toBe(example.match('GET', '/api/me'));
  expect(routeFor(example, 'DELETE', '/api/me')).toBeUndefined();
});

it.each([
  ['/api/orders', { is: 'nobody' }, 'unauthorized'],
  ['/nowhere', { is: 'nobody' }, 'unauthorized'],
  ['/public/notes', { is: 'nobody' }, 'let in'],
  ['/api/orders', { is: 'bad token' }, 'invalid token'],
  ['/api/orders', { is: 'expired token' }, 'expired'],
  ['/api/orders', { is: 'client', scopes: ['read:reports'] }, 'insufficient scope'],
  ['/api/orders', { is: 'client', scopes: ['read:orders', 'read:reports'] }, 'let in'],
  ['/nowhere', { is: 'client', scopes: ['read:orders'] }, 'unlisted'],
  ['/public/%2E./api/orders', { is: 'nobody' }, 'ambiguous'],
] as const)('GET %s of %j: %s', (path, caller, is) => {
  expect(decisionOf(policy, { method: 'GET', path, caller }).is).toBe(is);
});

it('knows the limits that an answer states, and which tier is the largest', () => {
  expect(tiersBySize(policy)).toEqual(['pro', 'free']);
  const [healthz, notes, , orders] = policy.routes;
  expect(limitsFor(policy, 'anonymous', healthz)).toEqual([]);
  expect(limitsFor(policy, 'anonymous', notes)).toMatchObject([{ quota: 40_000, isOwn: false }]);
  expect(limitsFor(policy, 'free', orders)).toEqual([
    { quota: 4_000, windowSeconds: 60, isOwn: true, ofRoute: false },
  ]);
});

it('takes nothing of the runtime but types, and two functions about addresses', () => {
  const folder = join(__dirname, '../../../../cli/src/verify');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const imports = files.flatMap((name) => [
    ...readFileSync(join(folder, name), 'utf8').matchAll(
      /^import (?!type\b)\{([^}]*)\} from '@portcullis\/runtime/gm,
    ),
  ]);
  const values = imports.flatMap(([, names = '']) => names.split(',').map((one) => one.trim()));
  expect(files.length).toBeGreaterThan(20);
  expect([...new Set(values)].sort()).toEqual(['isHttpsOrLoopback', 'shownAddress']);
});
