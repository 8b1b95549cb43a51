import { webcrypto, type KeyObject } from 'node:crypto';

/** What signs with a key of each kind (RFC 7518 §3.1, RFC 8037 §3.1). */
const ALGORITHMS: Readonly<
  Record<string, webcrypto.RsaHashedImportParams | webcrypto.EcKeyImportParams | string>
> = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256' },
  'P-256': { name: 'ECDSA', namedCurve: 'P-256' },
  'P-384': { name: 'ECDSA', namedCurve: 'P-384' },
  'P-521': { name: 'ECDSA', namedCurve: 'P-521' },
  Ed25519: 'Ed25519',
};

/**
 * A private key as Web Cryptography has it. A key of RSA signs RS256, or PS256 where it says so; others have one
 * algorithm.
 *
 * @throws Error for a key that signs nothing that providers take.
 */
export async function signingKey(key: KeyObject, algorithm?: string): Promise<webcrypto.CryptoKey> {
  const jwk = key.export({ format: 'jwk' });
  const name = jwk.kty === 'RSA' ? (algorithm === 'PS256' ? 'PS256' : 'RS256') : (jwk.crv ?? '');
  const parameters = ALGORITHMS[name];
  if (parameters === undefined)
    throw new Error(`a private key of ${jwk.kty ?? 'an unknown kind'} ${name} signs no client assertion`);
  return webcrypto.subtle.importKey('jwk', jwk, parameters, false, ['sign']);
}
