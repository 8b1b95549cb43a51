/**
 * The JWT authorizer of HTTP APIs, step by step as documented.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 */
import { createPublicKey, verify, type JsonWebKey } from 'node:crypto';
import { texts, type Fields } from './document';
import type { Surroundings } from './gateway';

const HASHES: Readonly<Record<string, string>> = { RS256: 'sha256', RS384: 'sha384', RS512: 'sha512' };

/** @returns the claims of a token that is let in. */
export function verifyJwt(
  configuration: Fields,
  authorization: string,
  { keys, now }: Surroundings,
): Fields | undefined {
  // "can include only the token, or the token prefixed with Bearer"
  const [header = '', claims = '', signature = '', ...more] = authorization
    .replace(/^Bearer /, '')
    .split('.');
  if (more.length > 0) return undefined;
  const head = object(header);
  const body = object(claims);
  if (!head || !body) return undefined;

  const hash = HASHES[String(head.alg)];
  const key = keys.find((candidate) => (candidate as { kid?: unknown }).kid === head.kid);
  if (hash === undefined || head.kid === undefined || !key) return undefined;
  if (!isSigned(key, hash, `${header}.${claims}`, signature)) return undefined;

  const audience = body.aud ?? body.client_id;
  const named = (Array.isArray(audience) ? audience : [audience]).map(String);
  return body.iss === configuration.issuer &&
    named.some((name) => texts(configuration.audience).includes(name)) &&
    Number(body.exp) > now() &&
    (body.nbf === undefined || Number(body.nbf) <= now()) &&
    (body.iat === undefined || Number(body.iat) <= now())
    ? body
    : undefined;
}

/** Any one of a route's scopes is enough. */
export function grantsAny({ scope, scp }: Fields, asked: readonly string[]): boolean {
  const claim = scope ?? scp ?? '';
  const granted = Array.isArray(claim)
    ? claim.map(String)
    : typeof claim === 'string'
      ? claim.split(' ')
      : [];
  return asked.length === 0 || asked.some((one) => granted.includes(one));
}

function isSigned(jwk: JsonWebKey, hash: string, signed: string, signature: string): boolean {
  if (jwk.kty !== 'RSA') return false;
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  return verify(hash, Buffer.from(signed), key, Buffer.from(signature, 'base64url'));
}

function object(part: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}
