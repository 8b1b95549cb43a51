import fc from 'fast-check';
import { segmentsOf } from '../../../../runtime/src/secrets/vault/path';

const segments = (path: unknown) => segmentsOf(path, 'KV path', 2, 'secret/fintech-api/config');
/** What a server would be asked. */
const asked = (path: string): string => new URL(`http://vault/v1/${segments(path).join('/')}`).pathname;

test.each([
  ['secret/%2e%2e/sys', '/v1/secret/%252e%252e/sys'],
  ['secret/%2E./sys', '/v1/secret/%252E./sys'],
  ['secret/.%2e/sys', '/v1/secret/.%252e/sys'],
  ['secret/%252e%252e/sys', '/v1/secret/%25252e%25252e/sys'],
  ['secret/..\\sys', '/v1/secret/..%5Csys'],
  ['secret/..;/sys', '/v1/secret/..%3B/sys'],
  ['secret/..\t/sys', '/v1/secret/..%09/sys'],
  ['secret/\n../sys', '/v1/secret/%0A../sys'],
  ['secret/a?list=true', '/v1/secret/a%3Flist%3Dtrue'],
  ['secret/a#b', '/v1/secret/a%23b'],
  ['/secret//a/', '/v1/secret/a'],
])('%j is asked for as %s: what is encoded stays a name', (path, url) => {
  expect(asked(path)).toBe(url);
});

test.each([
  'secret/..',
  '../a',
  'secret/./a',
  'secret/a/../b',
  'secret/\ud800',
  'secret',
  '',
  undefined,
  7,
  ['a', 'b'],
])('%p is no path', (path) => {
  expect(() => segments(path)).toThrow(/ERR_SECRETS_CONFIG/);
});

test('no path leads above itself: a URL has all of its segments, as they are', () => {
  const part = fc.string({
    unit: fc.constantFrom('.', '%', '2', 'e', '/', '\\', ';', '\t', ' ', 'a', 'é', '?', '#'),
  });
  fc.assert(
    fc.property(part, (path) => {
      const names = path.split('/').filter(Boolean);
      fc.pre(names.length >= 2 && names.every((name) => name !== '.' && name !== '..'));
      expect(asked(path).split('/').slice(2).map(decodeURIComponent)).toEqual(names);
    }),
  );
});
