/** Takes apart a signed token (JWS compact serialization, RFC 7515 §7.1). Nothing in it is trusted yet. */
import { TokenError } from '../errors';
import { parseJsonObject } from './json';

const LONGEST_KEY_ID = 256;

/**
 * Header parameters that would let the token choose its own key or its own rules. `crit` (RFC 7515 §4.1.11) lists
 * extensions that a reader must refuse unless it understands them, and this one understands none. `b64` changes
 * what is signed. A certificate that comes along (`x5c`, `x5t`) is not looked at: the keys are the issuer's.
 */
const FORBIDDEN_HEADERS = ['crit', 'jku', 'jwk', 'x5u', 'b64', 'zip', 'enc'] as const;

interface UntrustedHeader {
  readonly algorithm: string;
  readonly keyId: string | undefined;
  readonly type: string | undefined;
}

export interface UntrustedToken extends UntrustedHeader {
  readonly claims: Record<string, unknown>;
  /** What was signed: the first two parts and the period between. */
  readonly signed: Buffer;
  readonly signature: Buffer;
}

/**
 * @param longest in characters: no more than this is looked into.
 * @throws TokenError if this is not a signed token in compact form, or has a header that is not accepted.
 */
export function parseCompact(token: string, longest: number): UntrustedToken {
  if (token.length > longest) throw new TokenError('too_long', `longer than ${longest} characters`);
  const payloadAt = token.indexOf('.') + 1;
  const signatureAt = token.indexOf('.', payloadAt) + 1;
  const isOfThree = payloadAt > 0 && signatureAt > 0 && !token.includes('.', signatureAt);
  if (!isOfThree || signatureAt === token.length) {
    throw new TokenError('malformed', 'expected three parts: a signed token in compact form');
  }
  const { algorithm, keyId, type } = parseHeader(token.slice(0, payloadAt - 1));
  const claims = parseJsonObject(decode(token.slice(payloadAt, signatureAt - 1)));
  if (!claims) throw new TokenError('malformed', 'the payload is not a JSON object with unique names');
  return {
    algorithm,
    keyId,
    type,
    claims,
    signed: Buffer.from(token.slice(0, signatureAt - 1), 'latin1'),
    signature: decode(token.slice(signatureAt)),
  };
}

function parseHeader(part: string): UntrustedHeader {
  const header = parseJsonObject(decode(part));
  if (!header) throw new TokenError('malformed', 'the header is not a JSON object with unique names');
  const { alg, kid, typ } = header;
  if (typeof alg !== 'string') throw new TokenError('malformed', 'alg is not a string');
  if (typ !== undefined && typeof typ !== 'string') throw new TokenError('malformed', 'typ is not a string');
  if (kid !== undefined && (typeof kid !== 'string' || kid.length > LONGEST_KEY_ID)) {
    throw new TokenError('malformed', 'kid is not a short string');
  }
  for (const name of FORBIDDEN_HEADERS) {
    if (Object.hasOwn(header, name))
      throw new TokenError('forbidden_header', `header ${name} is not accepted`);
  }
  return { algorithm: alg, keyId: kid, type: typ };
}

/**
 * Decodes base64url without padding (RFC 7515 §2). Node's decoder skips what it does not know and
 * ignores spare bits at the end, so several texts would be one token. Only the canonical text is accepted.
 */
function decode(part: string): Buffer {
  const bytes = Buffer.from(part, 'base64url');
  if (bytes.toString('base64url') !== part) throw new TokenError('malformed', 'not canonical base64url');
  return bytes;
}
