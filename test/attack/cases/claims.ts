import type { Forge } from '../../support/attack/forge';
import { tokens } from './case';

const having = (change: Record<string, unknown>) => (forge: Forge) => forge.claims(change);
const issuer = (change: (issuer: string) => unknown) => (forge: Forge) =>
  forge.claims({ iss: change(forge.issuer) });
const audience = (change: (audience: string) => unknown) => (forge: Forge) =>
  forge.claims({ aud: change(forge.audience) });
const scope = (value: unknown) => having({ scope: value });

export const claims = [
  ...tokens('unknown_issuer', {
    'iss with a slash after it': issuer((iss) => `${iss}/`),
    'iss in upper case': issuer((iss) => iss.toUpperCase()),
    'iss with a space after it': issuer((iss) => `${iss} `),
    'iss with a query': issuer((iss) => `${iss}?`),
    'iss with a fragment': issuer((iss) => `${iss}#`),
    'iss as the user of another host': issuer((iss) => `${iss}@attacker.example.com`),
    'iss as the start of another host': issuer((iss) => `${iss}.attacker.example.com`),
    'iss of somebody else': issuer(() => 'https://attacker.example.com'),
    'iss a list that holds the right one': issuer((iss) => [iss]),
    'iss an object': issuer((iss) => ({ toString: iss })),
    'iss missing': issuer(() => undefined),
    'iss null': issuer(() => null),
    'iss a number': issuer(() => 0),
    'iss __proto__': issuer(() => '__proto__'),
  }),

  ...tokens('wrong_audience', {
    'aud missing': audience(() => undefined),
    'aud null': audience(() => null),
    'aud empty': audience(() => ''),
    'aud an empty list': audience(() => []),
    'aud of another API': audience(() => 'https://other.fintech.example.com'),
    'aud the start of the right one': audience((aud) => aud.slice(0, -1)),
    'aud with a slash after it': audience((aud) => `${aud}/`),
    'aud in upper case': audience((aud) => aud.toUpperCase()),
    'aud with another after a space': audience((aud) => `${aud} other`),
    'aud a list of others': audience(() => ['a', 'b']),
    'aud a list with a number in it': audience((aud) => [aud, 1]),
    'aud a list in a list': audience((aud) => [[aud]]),
    'aud an object': audience((aud) => ({ 0: aud, length: 1 })),
    'aud a wildcard': audience(() => '*'),
    'aud of the client, as in an ID token': audience(() => 'client-1'),
  }),

  ...tokens('sender_constrained', {
    'cnf: bound to a DPoP key': having({ cnf: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' } }),
    'cnf: bound to a certificate': having({
      cnf: { 'x5t#S256': 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2' },
    }),
    'cnf null': having({ cnf: null }),
    'cnf empty': having({ cnf: {} }),
  }),

  ...tokens('bad_claim', {
    'sub missing': having({ sub: undefined }),
    'sub empty': having({ sub: '' }),
    'sub null': having({ sub: null }),
    'sub a number': having({ sub: 1 }),
    'sub a list': having({ sub: ['user-1'] }),
    'sub an object': having({ sub: { $ne: null } }),
    'org_id a number': having({ org_id: 1 }),
    'org_id an object': having({ org_id: { $gt: '' } }),
    'org_id a list': having({ org_id: ['org-1', 'org-2'] }),
    'client_id a list': having({ client_id: ['client-1'] }),
    'azp a number': having({ client_id: undefined, azp: 1 }),
    'jti a number': having({ jti: 1 }),
    'jti an object': having({ jti: {} }),
    'sid a list': having({ sid: [] }),
    'scope a list with a number in it': scope(['read:transactions', 1]),
    'scope a number': scope(1),
    'scope an object': scope({ 'read:transactions': true }),
    'scp with a number in it': having({ scope: undefined, scp: ['read:transactions', 1] }),
    'scp an object': having({ scope: undefined, scp: { length: 1 } }),
  }),

  ...tokens('too_little', {
    'scope missing': scope(undefined),
    'scope null': scope(null),
    'scope empty': scope(''),
    'scope in upper case': scope('READ:TRANSACTIONS'),
    'scope a wildcard': scope('*'),
    'scope with a wildcard': scope('read:*'),
    'scope longer than the right one': scope('read:transactions:own'),
    'scope shorter than the right one': scope('read:transaction'),
    'scopes with a comma between': scope('read:transactions,write:transactions'),
    'scopes with a tab between': scope('read:transactions\twrite:transactions'),
    'scope with a NUL after it': scope('read:transactions\u0000'),
    'scope that looks alike (Cyrillic е)': scope('r\u0435ad:transactions'),
    'thousands of scopes that do not help': scope(Array.from({ length: 900 }, (_, i) => `s${i}`).join(' ')),
    'scopes that would break out of a header': scope('x" error="\r\nSet-Cookie: a=b'),
    'scopes in __proto__': (forge) =>
      forge.rawClaims([
        '"scope":"read:transactions write:transactions"',
        '"__proto__":{"scope":"read:transactions"}',
      ]),
  }),

  ...tokens('let_in', {
    'aud a list with the right one': audience((aud) => ['other', aud]),
    'scp a list': having({ scope: undefined, scp: ['read:transactions'] }),
    'scp a text': having({ scope: undefined, scp: 'read:transactions' }),
    'tier that does not exist': having({ tier: '__proto__' }),
    'tier a list': having({ tier: ['enterprise'] }),
    'sub with quotes, markup and control characters': having({ sub: '\'"<script>\u0000\r\n{{7*7}}' }),
    'sub in many scripts': having({ sub: 'Ünïcødé \u{1f600} \u202e' }),
  }),
];
