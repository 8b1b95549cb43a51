import fc from 'fast-check';
import { safeReturnTo } from '../../../../../../runtime/src/auth/login/routes/return-to';

const ORIGIN = 'https://app.example.com';

it.each([
  '/',
  '/transactions',
  '/a/b?c=d&e=%20f#g',
  '/search?q=%2F%2Fevil.example',
  '/~user/(x)',
  '/authors',
])('leads back to %s', (path) => expect(safeReturnTo(path, ORIGIN)).toBe(path));

it.each([
  ['nothing', undefined],
  ['a list', ['/a', '/b']],
  ['another site', 'https://evil.example/'],
  ['this site, but not as a path', 'https://app.example.com/a'],
  ['a host without a scheme', '//evil.example'],
  ['three slashes', '///evil.example'],
  ['a backslash as a slash', '/\\evil.example'],
  ['a backslash further on', '/a\\b'],
  ['a tab that parsers drop', '/\t/evil.example'],
  ['a line break that parsers drop', '/\n/evil.example'],
  ['a header of its own', '/a\r\nSet-Cookie: x=1'],
  ['a leading space', ' //evil.example'],
  ['an encoded slash', '/%2F%2fevil.example'],
  ['an encoded backslash', '/%5cevil.example'],
  ['a slash encoded twice', '/%252f%252fevil.example'],
  ['an encoded line break', '/a%0d%0aSet-Cookie:x'],
  ['an encoded NUL', '/%00'],
  ['a broken encoding', '/%z'],
  ['dots that lead up', '/a/..//evil.example'],
  ['encoded dots that lead up', '/%2e%2e//evil.example'],
  ['two slashes further on', '/a//evil.example'],
  ['a script', 'javascript:alert(1)'],
  ['data', 'data:text/html,x'],
  ['a relative path', 'evil'],
  ['credentials in front of a host', '/@evil.example:80//x'],
  ['the login itself: a loop', '/auth/login'],
  ['the login in other letters', '/Auth/Login?returnTo=/'],
  ['letters outside of ASCII', '/ä'],
  ['half a letter', '/\ud800'],
  ['more than the cookie holds', `/${'a'.repeat(1_024)}`],
])('does not follow %s', (_what, asked) => expect(safeReturnTo(asked, ORIGIN)).toBe('/'));

it('never leads anywhere but to a plain path of this origin, whatever is asked', () => {
  const piece = fc.constantFrom(
    ...['/', '\\', '//', '..', '.', '%2f', '%5C', '%', '%25', ':', '@', '?', '#', 'https:', 'javascript:'],
    ...[
      'evil.example',
      'a',
      '\t',
      '\n',
      '\r',
      '\0',
      ' ',
      '﹨',
      '／',
      '。',
      '\u202e',
      '[',
      ']',
      'auth',
      'login',
    ],
  );
  const hostile = fc
    .array(fc.oneof(piece, fc.string({ maxLength: 3 })), { maxLength: 12 })
    .map((all) => all.join(''));
  fc.assert(
    fc.property(
      fc.oneof(
        hostile,
        fc.webUrl(),
        hostile.map((text) => `/${text}`),
      ),
      (asked) => {
        const path = safeReturnTo(asked, ORIGIN);
        expect(path).toMatch(/^\/(?![/\\])[\x21-\x7e]*$/);
        expect(new URL(path, ORIGIN).origin).toBe(ORIGIN);
        // A server that decodes first would send a browser there.
        expect(new URL(decodeURI(path.split(/[?#]/)[0] ?? '').replaceAll('\\', '/'), ORIGIN).origin).toBe(
          ORIGIN,
        );
        expect(path).not.toMatch(/^\/auth(\/|$)/i);
      },
    ),
    { numRuns: 2_000 },
  );
});
