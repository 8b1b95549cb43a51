/** An issuer's public keys, as it publishes them (JWK Set, RFC 7517 §5). */
import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { TokenError } from '../errors';
import { ALGORITHMS, keyFits, verifySignature, type Algorithm } from './algorithms';

/** Entries that are read: what an answer of the largest size could hold of the smallest keys. */
const MOST_ENTRIES = 2_000;

export interface SigningKey {
  readonly id?: string;
  /** The algorithms the key may be used with. Never empty. */
  readonly algorithms: readonly Algorithm[];
  readonly key: KeyObject;
  /** Equal for equal keys only: it shows that an issuer replaced a key and kept the identifier. */
  readonly fingerprint: string;
  /** Set once the issuer no longer publishes the key. What was verified with it is then worth nothing. */
  withdrawn: boolean;
}

/**
 * Reads the keys that check signatures, and ignores all others, as RFC 7517 §5 asks: symmetric ones, those meant
 * for encryption, unknown kinds, RSA below 2048 bits.
 *
 * @throws Error if there is not one usable key: an issuer that lost its keys is an issuer in trouble.
 */
export function readJwks(document: unknown): readonly SigningKey[] {
  const entries = (document as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(entries)) throw new Error('the JWK set has no array "keys"');
  const keys = entries.slice(0, MOST_ENTRIES).flatMap((entry: unknown) => readKey(entry) ?? []);
  if (keys.length === 0) throw new Error('the JWK set has no key that checks signatures');
  return keys;
}

function readKey(entry: unknown): SigningKey | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const jwk = entry as Record<string, unknown>;
  const { kid, use, alg, kty, n, e, crv, x, y } = jwk;
  const operations = jwk.key_ops;
  if (kty === 'oct' || (kid !== undefined && typeof kid !== 'string')) return undefined;
  // RFC 7517 §4.2 distinguishes case, some issuers do not: no other use is spelled so.
  if (use !== undefined && !(typeof use === 'string' && use.toLowerCase() === 'sig')) return undefined;
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify')))
    return undefined;
  // Only the public members: a set that leaks a private key must not put one into this process.
  const publicMembers = { kty, n, e, crv, x, y };
  const key = importKey(publicMembers);
  if (!key) return undefined;
  const algorithms = ALGORITHMS.filter(
    (name) => keyFits(name, key) && (alg === undefined || named(alg, name)),
  );
  if (algorithms.length === 0) return undefined;
  return {
    ...(kid !== undefined && { id: kid }),
    algorithms,
    key,
    fingerprint: JSON.stringify([kid, algorithms, publicMembers]),
    withdrawn: false,
  };
}

/** RFC 9864 renames EdDSA on this curve to Ed25519; in a key both mean the same. */
function named(declared: unknown, algorithm: Algorithm): boolean {
  return declared === algorithm || (algorithm === 'EdDSA' && declared === 'Ed25519');
}

function importKey(jwk: Record<string, unknown>): KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
  } catch {
    return undefined;
  }
}

/** The key with which the data was signed. @throws TokenError if it is none of these. */
export function signerOf(
  keys: readonly SigningKey[],
  algorithm: Algorithm,
  data: Buffer,
  signature: Buffer,
): SigningKey {
  const signer = keys.find(({ key }) => verifySignature(algorithm, key, data, signature));
  if (signer === undefined) throw new TokenError('bad_signature', 'the signature does not match');
  return signer;
}
