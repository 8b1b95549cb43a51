/** The machines that read patterns, held against the matcher that decides. */
import { definePolicy, type Policy, type PolicyInput } from '@portcullis/runtime/policy';
import fc from 'fast-check';
import { cellsOf } from '../../../../cli/src/policy-diff/paths/cells';
import { includes, languageOf } from '../../../../cli/src/policy-diff/paths/language';
import { runs } from '../../../support/fuzzing';
import { policyInput } from '../../../support/verify/api';

const SIMPLE = [
  '/',
  '/a',
  '/a/',
  '/a/:b',
  '/a/:b/c',
  '/A{/:b}',
  '/files/*rest',
  '/a{/b{/c}}/d',
  '/v:n/x',
  '/a.b',
  '/"x"',
  '/a%2Fb',
  '/x\\+y',
];
/** Where captures share a segment, each side of the truth has a machine. */
const INTRICATE = ['/:a-:b', '/:a--:b', '/:a.:b.:c', '/*a/b/*c', '/:a-*b'];

const listing = (...paths: string[]): Policy =>
  definePolicy({
    ...policyInput,
    routes: paths.map((path) => ({ method: 'GET', path })),
    cors: undefined,
  } as unknown as PolicyInput);

const segment = fc.constantFrom(
  'a',
  'A',
  'b',
  'c',
  'd',
  'a.b',
  'x+y',
  'v1',
  'v',
  'x',
  'files',
  'p-q',
  'p-q-',
  '-',
  '--',
  'a-',
  '',
  'a.b.c',
  '"x"',
  'y%2Fz',
  'a%2fb',
);
const path = fc.array(segment, { maxLength: 5 }).map((segments) => `/${segments.join('/')}`);

it.each([...SIMPLE, ...INTRICATE])('reads %s as the router does', (pattern) => {
  const { match } = listing(pattern);
  const [most, least] = [languageOf(pattern, false), languageOf(pattern, true)];
  const isExact = SIMPLE.includes(pattern);
  fc.assert(
    fc.property(path, (one) => {
      // A wildcard with an encoded slash is refused before any route is asked.
      const matches = match('GET', one) !== undefined && !(pattern.includes('*') && /%2f/i.test(one));
      const [inMost, inLeast] = [includes(most, one), includes(least, one)];
      if (isExact) expect([one, inMost, inLeast]).toEqual([one, matches, matches]);
      // Nothing that matches is outside of the larger, nothing that does not is inside of the smaller.
      expect([one, matches && !inMost]).toEqual([one, false]);
      if (!pattern.includes('*')) expect([one, inLeast && !matches]).toEqual([one, false]);
    }),
    { numRuns: runs(2_000) },
  );
});

it('finds a path of every cell that a random path is in', () => {
  const pattern = fc.constantFrom(...SIMPLE, ...INTRICATE);
  let cells = 0;
  fc.assert(
    fc.property(
      pattern,
      pattern,
      fc.array(path, { minLength: 30, maxLength: 30 }),
      (before, after, paths) => {
        const [was, will] = [listing(before), listing(after)];
        const found = cellsOf(was, will);
        const listed = (policy: Policy, one: string) => {
          const route = policy.match('GET', one);
          return route?.path.includes('*') && /%2f/i.test(one) ? undefined : route;
        };
        for (const cell of found) {
          expect([listed(was, cell.path), listed(will, cell.path)]).toEqual([cell.was, cell.will]);
        }
        for (const one of paths) {
          const [a, b] = [listed(was, one), listed(will, one)];
          if (a === undefined && b === undefined) continue;
          cells += 1;
          expect([one, before, after, found.some((cell) => cell.was === a && cell.will === b)]).toEqual([
            one,
            before,
            after,
            true,
          ]);
        }
      },
    ),
    { numRuns: runs(2_000) },
  );
  expect(cells).toBeGreaterThan(100);
});

it.each([
  ['/a/:id', '/a/new', ['/a/:id → /a/new: /a/new', '/a/:id → nothing: /a/1']],
  ['/a/:id', '/a/:name', ['/a/:id → /a/:name: /a/1']],
  [
    '/files/*rest',
    '/files/:name',
    [
      '/files/*rest → /files/:name: /files/1',
      '/files/*rest → nothing: /files/1/1',
      'nothing → /files/:name: /files/%2F',
    ],
  ],
  ['/a{/b}', '/a', ['/a{/b} → /a: /a', '/a{/b} → nothing: /a/b']],
  ['/a', '/A', ['/a → /A: /a']],
])('%s → %s: the cells', (before, after, expected) => {
  const cells = cellsOf(listing(before), listing(after));
  const shown = cells.map(
    ({ was, will, path: one }) => `${was?.path ?? 'nothing'} → ${will?.path ?? 'nothing'}: ${one}`,
  );
  expect(shown.sort()).toEqual([...expected].sort());
});
