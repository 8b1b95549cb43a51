import type { Forge } from '../../support/attack/forge';
import { tokens } from './case';

/** Times relative to now, in seconds; anything else as it is. */
const at = (change: (now: number) => Record<string, unknown>) => (forge: Forge) =>
  forge.claims(change(forge.now));
/** A literal that JSON has and JavaScript's writer does not. */
const literal = (name: 'exp' | 'iat', text: string) => (forge: Forge) =>
  forge.rawClaims([`"${name}":${name === 'exp' ? forge.now + 900 : forge.now}`, `"${name}":${text}`]);

export const times = [
  ...tokens('bad_claim', {
    'exp missing': at(() => ({ exp: undefined })),
    'exp null': at(() => ({ exp: null })),
    'exp a text': at((now) => ({ exp: `${now + 900}` })),
    'exp a list': at((now) => ({ exp: [now + 900] })),
    'exp true': at(() => ({ exp: true })),
    'exp infinite': literal('exp', '1e999'),
    'exp infinite below zero': literal('exp', '-1e999'),
    'exp an object': at(() => ({ exp: { valueOf: 9e9 } })),
    'exp at iat': at((now) => ({ exp: now })),
    'exp before iat': at((now) => ({ exp: now - 1 })),
    'exp negative': at(() => ({ exp: -1 })),
    'exp zero': at(() => ({ exp: 0 })),
    'iat missing': at(() => ({ iat: undefined })),
    'iat a text': at((now) => ({ iat: String(now) })),
    'iat null': at(() => ({ iat: null })),
    'iat infinite': literal('iat', '1e999'),
    'iat infinite below zero': literal('iat', '-1e999'),
    'nbf a text': at((now) => ({ nbf: String(now) })),
    'nbf null': at(() => ({ nbf: null })),
    'nbf false': at(() => ({ nbf: false })),
  }),

  ...tokens('malformed', {
    'exp NaN': literal('exp', 'NaN'),
    'exp Infinity': literal('exp', 'Infinity'),
    'exp hexadecimal': literal('exp', '0xffffffff'),
    'exp twice': (forge) => forge.rawClaims(['"exp"', '"exp":1,"exp"']),
    'exp twice, one escaped': (forge) => forge.rawClaims(['"exp"', '"e\\u0078p":9e9,"exp"']),
  }),

  ...tokens('lifetime_too_long', {
    'a life of 16 minutes': at((now) => ({ exp: now + 960 })),
    'a life of one second too many': at((now) => ({ exp: now + 901 })),
    'a life of a thousandth too many': at((now) => ({ exp: now + 900.001 })),
    'exp in milliseconds': at((now) => ({ exp: (now + 900) * 1_000 })),
    'exp at the end of numbers': at(() => ({ exp: Number.MAX_VALUE })),
    'iat zero': at(() => ({ iat: 0 })),
    'iat negative': at(() => ({ iat: -1e15 })),
  }),

  ...tokens('not_yet_valid', {
    'iat later than tolerated': at((now) => ({ iat: now + 6, exp: now + 906 })),
    'iat a millisecond later than tolerated': at((now) => ({ iat: now + 5.001, exp: now + 900 })),
    'nbf later than tolerated': at((now) => ({ nbf: now + 6 })),
    'nbf after exp': at((now) => ({ nbf: now + 2_000 })),
    'nbf at the end of numbers': at(() => ({ nbf: Number.MAX_VALUE })),
  }),

  ...tokens('expired', {
    'exp as long ago as tolerated': at((now) => ({ iat: now - 905, exp: now - 5 })),
    'exp a second longer ago': at((now) => ({ iat: now - 906, exp: now - 6 })),
    'exp years ago': at((now) => ({ iat: now - 1e8, exp: now - 1e8 + 900 })),
    'times before 1970': at(() => ({ iat: -900, exp: -1 })),
  }),

  ...tokens('wrong_audience', {
    'expired and for another API: not told to refresh': at((now) => ({
      aud: 'https://other.fintech.example.com',
      iat: now - 1_000,
      exp: now - 100,
    })),
  }),

  ...tokens('let_in', {
    'exp a second less long ago than tolerated': at((now) => ({ iat: now - 904, exp: now - 4 })),
    'exp a millisecond less': at((now) => ({ iat: now - 904, exp: now - 4.999 })),
    'iat as late as tolerated': at((now) => ({ iat: now + 5, exp: now + 905 })),
    'nbf as late as tolerated': at((now) => ({ nbf: now + 5 })),
    'nbf infinitely long ago': (forge) => forge.claims({ nbf: -Number.MAX_VALUE }),
    'times with fractions': at((now) => ({ iat: now - 0.5, exp: now + 899.5 })),
  }),
];
