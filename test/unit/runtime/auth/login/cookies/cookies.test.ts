import fc from 'fast-check';
import type { Request } from 'express';
import {
  cookiesOf,
  longCookieLines,
  readLong,
  type Cookie,
  type Cookies,
} from '../../../../../../runtime/src/auth/login/cookies/cookies';

const reading = (cookie?: string): Cookies => cookiesOf({ headers: { cookie } } as unknown as Request);

const cookie: Cookie = { name: '__Host-s', httpOnly: true, sameSite: 'Lax' };

/** What a browser sends back. */
const kept = (lines: readonly string[]): string =>
  lines
    .filter((line) => !line.includes('Max-Age=0'))
    .map((line) => line.split(';')[0])
    .join('; ');

describe('the cookies of a request', () => {
  it('are found by name', () => {
    expect([...reading('a=1; b=x=y ;c="q"')]).toEqual([
      ['a', '1'],
      ['b', 'x=y'],
      ['c', '"q"'],
    ]);
    expect(reading().size).toBe(1);
  });

  it('have no value when a name comes twice, even with the same one', () => {
    expect(reading('a=1; b=2; a=1; a=3').get('a')).toBe('');
    expect(reading('a=1; b=2; a=1').get('b')).toBe('2');
  });

  it('have no inherited names', () => {
    expect(reading('a=1').get('__proto__')).toBeUndefined();
  });
});

describe('a long value', () => {
  it('comes back whole, in cookies that browsers take', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 11_400 }), (length) => {
        const value = 'abc.-_'.repeat(length).slice(0, length);
        const lines = longCookieLines(reading(), cookie, value, 60);
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(4_096);
        expect(readLong(reading(kept(lines)), '__Host-s')).toBe(value);
      }),
    );
  });

  it('goes to this host only, over TLS, and to no script', () => {
    const lines = longCookieLines(reading(), cookie, 'x'.repeat(4_000), 60);
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      expect(line).toMatch(/; Max-Age=60; Path=\/; Secure; HttpOnly; SameSite=Lax$/);
      expect(line).not.toMatch(/domain/i);
    }
  });

  it('has the attributes that its cookie names, in each piece', () => {
    const other: Cookie = { name: '__Host-s', httpOnly: false, sameSite: 'Strict' };
    const lines = longCookieLines(reading(), other, 'x'.repeat(4_000), 60);
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).toMatch(/; Max-Age=60; Path=\/; Secure; SameSite=Strict$/);
  });

  it('is not spoilt by a piece that a longer one left', () => {
    const lines = longCookieLines(reading(), cookie, 'x'.repeat(4_000), 60);
    expect(readLong(reading(`${kept(lines)}; __Host-s-2=left`), '__Host-s')).toBe('x'.repeat(4_000));
    expect(readLong(reading('__Host-s=short; __Host-s-1=left'), '__Host-s')).toBe('short');
  });

  it('takes away the pieces that a longer one left', () => {
    const lines = longCookieLines(reading('s=a; s-1=b; s-2=c'), { ...cookie, name: 's' }, 'short', 60);
    expect(lines.filter((line) => line.includes('Max-Age=0')).map((line) => line.split('=')[0])).toEqual([
      's-1',
      's-2',
    ]);
  });
});
