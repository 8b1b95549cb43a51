/** What a logout token must be (OpenID Connect Back-Channel Logout 1.0 §2.4 and §2.6). */
import { systemClock, type Clock } from '../../time/clock';
import { TokenError } from '../errors';
import type { KeySet } from '../keys/key-set';
import type { Algorithm } from '../keys/algorithms';
import { signerOf } from '../keys/jwks';
import { checkAudiences, checkTimes, optionalText, requiredText, time } from '../token/claims';
import { parseCompact } from '../token/compact';
import { allowedAlgorithm } from '../token/token-verifier';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

export interface LogoutTokenRules {
  readonly issuer: string;
  readonly clientId: string;
  readonly algorithms: readonly Algorithm[];
  readonly toleranceSeconds: number;
  /** In characters. */
  readonly longestToken: number;
}

/** Who has logged out: a session (and whose it was), or every session of a subject. */
export interface Logout {
  readonly who: { readonly sid: string; readonly subject?: string } | { readonly subject: string };
  /** `iat`, in seconds since 1970, on the issuer's clock. */
  readonly issuedAt: number;
  readonly jti: string;
}

/**
 * @throws TokenError naming the first rule that is broken.
 * @throws KeysUnavailableError if the issuer cannot be asked for its keys.
 */
export async function verifyLogoutToken(
  token: string,
  rules: LogoutTokenRules,
  keys: Pick<KeySet, 'find'>,
  clock: Pick<Clock, 'wall'> = systemClock,
): Promise<Logout> {
  const untrusted = parseCompact(token, rules.longestToken);
  const { claims, keyId, signed, signature } = untrusted;
  if (claims.iss !== rules.issuer) throw new TokenError('unknown_issuer', 'iss is another issuer');
  checkType(untrusted.type);
  const algorithm = allowedAlgorithm(untrusted, rules);
  signerOf(await keys.find(keyId, algorithm), algorithm, signed, signature);
  return logoutOf(claims, rules, clock.wall() / 1_000);
}

/** §2.4: `logout+jwt` is recommended. Tokens without it are told by their `events`, which others do not have. */
function checkType(declared: string | undefined): void {
  const type = declared?.toLowerCase().replace(/^application\//, '');
  if (type !== undefined && type !== 'logout+jwt' && type !== 'jwt') {
    throw new TokenError('wrong_type', 'typ is that of another token');
  }
}

function logoutOf(claims: Readonly<Record<string, unknown>>, rules: LogoutTokenRules, now: number): Logout {
  checkAudiences(claims.aud, [rules.clientId]);
  if (!isLogoutEvent(claims.events)) throw new TokenError('wrong_type', 'events does not say logout');
  // An ID token with this would be one in which the provider was tricked into putting `events` (§4.1).
  if (Object.hasOwn(claims, 'nonce')) throw new TokenError('wrong_type', 'a nonce: perhaps an ID token');
  const jti = requiredText(claims, 'jti');
  const who = whoOf(optionalText(claims, 'sid'), optionalText(claims, 'sub'));
  checkTimes(claims, { ...rules, longestLifetimeSeconds: Infinity }, now);
  return { jti, who, issuedAt: time(claims, 'iat') };
}

function whoOf(sid: string | undefined, subject: string | undefined): Logout['who'] {
  if (sid !== undefined) return { sid, ...(subject !== undefined && { subject }) };
  if (subject !== undefined) return { subject };
  throw new TokenError('bad_claim', 'neither sub nor sid');
}

function isLogoutEvent(events: unknown): boolean {
  if (!isObject(events) || !Object.hasOwn(events, EVENT)) return false;
  return isObject((events as Record<string, unknown>)[EVENT]);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
