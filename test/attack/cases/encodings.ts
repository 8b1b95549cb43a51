import { createCipheriv, constants, publicEncrypt, randomBytes } from 'node:crypto';
import { encode, partsOf, type Forge } from '../../support/attack/forge';
import { tokens } from './case';

type Segments = readonly [header: string, claims: string, signature: string];

const rewritten = (change: (segments: Segments) => string) => (forge: Forge) =>
  change(partsOf(forge.token()));
const payload = (bytes: string | Buffer) => (forge: Forge) => forge.token({ claims: Buffer.from(bytes) });
/** A good payload with a byte sequence inside that is no UTF-8. */
const notUtf8 =
  (...bytes: readonly number[]) =>
  (forge: Forge) =>
    forge.rawClaims(['"user-1"', `"${Buffer.from(bytes).toString('latin1')}"`]);
const nested = (open: string, close: string, depth: number) => (forge: Forge) =>
  forge.rawClaims(['"user-1"', `"user-1","x":${open.repeat(depth)}1${close.repeat(depth)}`]);

export const encodings = [
  ...tokens('malformed', {
    'one part': () => encode('{}'),
    'two parts': rewritten(([header, claims]) => `${header}.${claims}`),
    'four parts': rewritten((segments) => `${segments.join('.')}.${segments[2]}`),
    'a part before': rewritten((segments) => `.${segments.join('.')}`),
    'a period after': rewritten((segments) => `${segments.join('.')}.`),
    'two periods in a row': rewritten(([header, claims, signature]) => `${header}..${claims}.${signature}`),
    'periods only': () => '..',
    'no header part': rewritten(([, claims, signature]) => `.${claims}.${signature}`),
    'no payload (detached, RFC 7515 appendix F)': rewritten(
      ([header, , signature]) => `${header}..${signature}`,
    ),
    'no signature': rewritten(([header, claims]) => `${header}.${claims}.`),
    'an opaque token': () => 'mF_9.B5f-4.1JqM',
    'a UUID': () => '9b2d7c0e-3f1b-4f52-9a8e-52f6c1c9f0aa',
    'a token in a token': (forge) => encode(forge.token()),
    'a JWE (RSA-OAEP, A256GCM) for the issuer’s key': jwe,
    'a JWE whose parts are empty': () => `${encode('{"alg":"dir","enc":"A256GCM"}')}....`,
    'the alphabet of base64': (forge) => standardAlphabet(forge),
    'base64url with spare bits in the signature': rewritten(([header, claims, signature]) =>
      [header, claims, withSpareBits(signature)].join('.'),
    ),
    'base64url with spare bits in the payload': (forge) => spareBits(forge, 1),
    'base64url with spare bits in the header': (forge) => spareBits(forge, 0),
    'base64url with one character too many': rewritten((segments) => `${segments.join('.')}AAA`),
    'a payload that is no JSON': payload('sub=user-1'),
    'a payload of nothing but space': payload('  '),
    'a payload that is a text': payload('"user-1"'),
    'a payload that is a number': payload('1'),
    'a payload that is null': payload('null'),
    'a payload that is a list': payload('[{"sub":"user-1"}]'),
    'a payload cut short': payload('{"sub":"user-1"'),
    'a payload of two objects': (forge) => forge.rawClaims(['"jti":"token-1"}', '"jti":"token-1"}{}']),
    'a payload with a NUL after it': (forge) => forge.rawClaims(['"token-1"}', '"token-1"}\u0000']),
    'a payload with a BOM': (forge) => forge.rawClaims(['{', '\u00ef\u00bb\u00bf{']),
    'a payload in UTF-16': (forge) =>
      forge.token({ claims: Buffer.from(`{"iss":"${forge.issuer}"}`, 'utf16le') }),
    'a payload with a comment': (forge) => forge.rawClaims(['{', '{/* */']),
    'a payload with a comma too many': (forge) => forge.rawClaims(['"token-1"}', '"token-1",}']),
    'a payload with single quotes': (forge) => forge.rawClaims(['"token-1"', "'token-1'"]),
    'a payload compressed': (forge) =>
      forge.token({ claims: Buffer.from('eJyrVipOTVayUkpMyc3MU6oFACXgBNM', 'base64url') }),
    'a byte that is no UTF-8': notUtf8(0xff),
    'an overlong slash in UTF-8': notUtf8(0xc0, 0xaf),
    'half a surrogate pair in UTF-8': notUtf8(0xed, 0xa0, 0x80),
    'UTF-8 cut short': notUtf8(0xe2, 0x82),
    'sub twice': (forge) => forge.rawClaims(['"sub"', '"sub":"admin","sub"']),
    'sub twice, far apart': (forge) => forge.rawClaims(['"token-1"', '"token-1","sub":"admin"']),
    'sub twice, one escaped': (forge) => forge.rawClaims(['"token-1"', '"token-1","\\u0073ub":"admin"']),
    'scope twice': (forge) => forge.rawClaims(['"scope"', '"scope":"admin","scope"']),
    'tier twice': (forge) => forge.rawClaims(['"tier"', '"tier":"enterprise","tier"']),
    'a name twice inside a claim': (forge) =>
      forge.rawClaims(['"user-1"', '"user-1","act":{"sub":"a","sub":"b"}']),
    'objects 17 deep': nested('{"a":', '}', 17),
    'lists 1,500 deep': nested('[', ']', 1_500),
  }),

  ...tokens('too_long', {
    'a token of 13 KB': (forge) => forge.claims({ padding: 'x'.repeat(9_500) }),
  }),

  ...tokens('no_token', {
    'a JSON serialization (flattened)': rewritten(([header, claims, signature]) =>
      JSON.stringify({ protected: header, payload: claims, signature }),
    ),
    'a JSON serialization (general)': rewritten(([header, claims, signature]) =>
      JSON.stringify({ payload: claims, signatures: [{ protected: header, signature }] }),
    ),
    'percent-encoded periods': rewritten((segments) => segments.join('%2E')),
    'in quotes': rewritten((segments) => `"${segments.join('.')}"`),
    'in angle brackets': rewritten((segments) => `<${segments.join('.')}>`),
    'padding inside': rewritten(([header, claims, signature]) => `${header}=.${claims}.${signature}`),
    'two, with a comma between': rewritten((segments) => `${segments.join('.')},${segments.join('.')}`),
    'two, with a space between': rewritten((segments) => `${segments.join('.')} ${segments.join('.')}`),
    'a letter that only looks like ASCII': rewritten((segments) => `\u00e9${segments.join('.')}`),
    'nothing at all': () => '',
  }),

  ...tokens('malformed', {
    'padding after': rewritten((segments) => `${segments.join('.')}==`),
    'padding that would be right': (forge) => forge.token({}, forge.ec) + '==',
  }),

  ...tokens('let_in', {
    'claims that are strange but JSON': (forge) =>
      forge.claims({
        __proto__x: 1,
        constructor: { prototype: { tier: 'enterprise' } },
        '': '',
        toString: 1,
      }),
    '__proto__ as a claim': (forge) =>
      forge.rawClaims(['{', '{"__proto__":{"tier":"enterprise","aud":"x"},']),
    'objects 15 deep': nested('{"a":', '}', 15),
    'space around the JSON': (forge) => forge.rawClaims(['{', ' \t\r\n{']),
    'hundreds of claims': (forge) =>
      forge.claims(Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`c${i}`, i]))),
  }),
];

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The same bytes in other characters: the last one of a part has bits that no byte takes. */
function withSpareBits(part: string): string {
  if (part.length % 4 === 0) throw new Error('no spare bits in this part');
  return part.slice(0, -1) + (ALPHABET[ALPHABET.indexOf(part.at(-1) ?? '') + 1] ?? '');
}

/** A token whose header or payload has spare bits set and is signed like that. */
function spareBits(forge: Forge, position: 0 | 1): string {
  for (let pad = 0; ; pad += 1) {
    const padding = { pad: 'x'.repeat(pad) };
    const segment = partsOf(forge.token(position === 0 ? { header: padding } : { claims: padding }))[
      position
    ];
    if (segment.length % 4 === 0) continue;
    const changed = withSpareBits(segment);
    return forge.token(position === 0 ? { header: changed } : { claims: changed });
  }
}

/** A token with `+` or `/` where `-` or `_` belongs. */
function standardAlphabet(forge: Forge): string {
  for (let attempt = 0; ; attempt += 1) {
    const [header, claims, signature] = partsOf(forge.claims({ jti: `token-${attempt}` }));
    const standard = signature.replaceAll('-', '+').replaceAll('_', '/');
    if (standard !== signature) return [header, claims, standard].join('.');
  }
}

function jwe(forge: Forge): string {
  const header = encode('{"alg":"RSA-OAEP","enc":"A256GCM","kid":"rsa-1","typ":"at+jwt"}');
  const key = randomBytes(32);
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(header));
  const text = Buffer.concat([cipher.update(forge.token()), cipher.final()]);
  const wrapped = publicEncrypt({ key: forge.rsa.publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING }, key);
  return [header, ...[wrapped, iv, text, cipher.getAuthTag()].map(encode)].join('.');
}
