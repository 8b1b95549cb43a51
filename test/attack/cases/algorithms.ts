import { generateKeyPairSync, sign } from 'node:crypto';
import { hmac, pem, pss, signer, type Forge, type Signer } from '../../support/attack/forge';
import { tokens } from './case';

const unsigned = (alg: string) => (forge: Forge) => forge.token({ header: { alg }, sign: () => '' });
const claiming = (alg: unknown) => (forge: Forge) => forge.header({ alg });
const signedBy = (header: Record<string, unknown>, sign: (forge: Forge) => Signer) => (forge: Forge) =>
  forge.token({ header, sign: sign(forge) });

const jwkText = ({ rsa }: Forge): string => JSON.stringify(rsa.publicKey.export({ format: 'jwk' }));

const NONE = ['none', 'None', 'NONE', 'nOnE', 'noNE'];

export const algorithms = [
  ...NONE.flatMap((alg) => tokens('malformed', { [`alg ${alg}, no signature`]: unsigned(alg) })),
  ...NONE.flatMap((alg) => tokens('algorithm_not_allowed', { [`alg ${alg}, signed`]: claiming(alg) })),

  ...tokens('algorithm_not_allowed', {
    'HS256 with the public key as secret: PEM': signedBy({ alg: 'HS256' }, (forge) =>
      hmac('sha256', pem(forge.rsa.publicKey)),
    ),
    'HS256 with the public key as secret: PEM without its last newline': signedBy({ alg: 'HS256' }, (forge) =>
      hmac('sha256', pem(forge.rsa.publicKey).trimEnd()),
    ),
    'HS256 with the public key as secret: PKCS#1 PEM': signedBy({ alg: 'HS256' }, (forge) =>
      hmac('sha256', pem(forge.rsa.publicKey, 'pkcs1')),
    ),
    'HS256 with the public key as secret: DER': signedBy({ alg: 'HS256' }, (forge) =>
      hmac('sha256', forge.rsa.publicKey.export({ format: 'der', type: 'spki' })),
    ),
    'HS256 with the public key as secret: JWK': signedBy({ alg: 'HS256' }, (forge) =>
      hmac('sha256', jwkText(forge)),
    ),
    'HS384 with the public key as secret': signedBy({ alg: 'HS384' }, (forge) =>
      hmac('sha384', pem(forge.rsa.publicKey)),
    ),
    'HS512 with the public key as secret': signedBy({ alg: 'HS512' }, (forge) =>
      hmac('sha512', pem(forge.rsa.publicKey)),
    ),
    'HS256 with an empty secret': signedBy({ alg: 'HS256' }, () => hmac('sha256', '')),
    'HS256 with the EC key as secret': signedBy({ alg: 'HS256', kid: 'ec-1' }, (forge) =>
      hmac('sha256', pem(forge.ec.publicKey)),
    ),
    'alg in lower case': claiming('rs256'),
    'alg with a space before it': claiming(' RS256'),
    'alg with a NUL after it': claiming('RS256\u0000'),
    'alg empty': claiming(''),
    'alg RS1': claiming('RS1'),
    'alg RS384, which is not configured': claiming('RS384'),
    'alg ES384, which is not configured': claiming('ES384'),
    'alg ES256K': claiming('ES256K'),
    'alg dir': claiming('dir'),
    'alg PBES2-HS256+A128KW': claiming('PBES2-HS256+A128KW'),
    'alg __proto__': claiming('__proto__'),
    'alg constructor': claiming('constructor'),
    'alg hasOwnProperty': claiming('hasOwnProperty'),
  }),

  ...tokens('malformed', {
    'alg missing': claiming(undefined),
    'alg null': claiming(null),
    'alg a number': claiming(256),
    'alg a list': claiming(['RS256']),
    'alg an object': claiming({ toString: 'RS256' }),
  }),

  ...tokens('unknown_key', {
    'PS256 with a key published for RS256': signedBy({ alg: 'PS256' }, (forge) => pss(forge.rsa)),
    'ES256 with the identifier of an RSA key': signedBy({ alg: 'ES256' }, (forge) => signer(forge.ec)),
    'RS256 with the identifier of an EC key': signedBy({ kid: 'ec-1' }, (forge) => signer(forge.rsa)),
    'EdDSA with the identifier of an EC key': signedBy({ alg: 'EdDSA', kid: 'ec-1' }, (forge) =>
      signer(forge.ed),
    ),
  }),

  ...tokens('bad_signature', {
    'RS256 signed with PSS': signedBy({}, (forge) => pss(forge.rsa)),
    'RS256 signed with SHA-1': signedBy(
      {},
      (forge) => (signed) => sign('sha1', Buffer.from(signed), forge.rsa.privateKey),
    ),
    'RS256 signed with SHA-512': signedBy(
      {},
      (forge) => (signed) => sign('sha512', Buffer.from(signed), forge.rsa.privateKey),
    ),
    'RS256 by the attacker’s key under the issuer’s identifier': signedBy({}, (forge) =>
      signer(forge.attacker),
    ),
    'RS256 without kid by the attacker’s key': signedBy({ kid: undefined }, (forge) =>
      signer(forge.attacker),
    ),
    'RS256 signed with HMAC': signedBy({}, (forge) => hmac('sha256', pem(forge.rsa.publicKey))),
    'ES256 on P-384': onCurve('P-384'),
    'ES256 on P-521': onCurve('P-521'),
    'ES256 on secp256k1': onCurve('secp256k1'),
    'EdDSA with Ed448': signedBy({ alg: 'EdDSA', kid: 'ed-1' }, () => {
      const { privateKey } = generateKeyPairSync('ed448');
      return (signed) => sign(null, Buffer.from(signed), privateKey);
    }),
  }),
];

function onCurve(namedCurve: string): (forge: Forge) => string {
  return signedBy({ alg: 'ES256', kid: 'ec-1' }, () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve });
    return (signed) => sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  });
}
