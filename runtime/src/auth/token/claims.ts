/**
 * What the claims of an access token must be (RFC 7519 §4.1, RFC 9068 §2.2 and §4). Pure: the same
 * claims, rules and moment always give the same answer.
 */
import type { AuthContext } from '../context';
import { TokenError } from '../errors';
import { organisationsOf, tierOf, type OwnClaimRules } from './own-claims';
import { scopesOf } from './scopes';

type Claims = Readonly<Record<string, unknown>>;

export interface ClaimRules extends OwnClaimRules {
  /** One of these has to be in the claim below. */
  readonly audiences: readonly string[];
  readonly audienceClaim: 'aud' | 'client_id';
  /** Where the scopes are. @default `scope`, or else `scp` */
  readonly scopePaths?: readonly (readonly string[])[];
  /** How far this clock and the issuer's may be apart. */
  readonly toleranceSeconds: number;
  /** Longest `exp - iat`. */
  readonly longestLifetimeSeconds: number;
}

/**
 * What the claims say about the caller: once for each organisation that they name, for which the caller may act, and
 * at least once.
 *
 * @param nowSeconds since 1970; fractions count.
 * @throws TokenError naming the first rule that is broken; `expired` comes last, so that a client is told
 * to refresh its token only when nothing else is wrong with it.
 */
export function contextsOf(claims: Claims, rules: ClaimRules, nowSeconds: number): readonly AuthContext[] {
  if (claims.iss !== rules.issuer) throw new TokenError('unknown_issuer', 'iss is another issuer');
  checkAudience(claims, rules);
  checkBearer(claims);
  const subject = requiredText(claims, 'sub');
  const organisations = organisationsOf(claims, rules);
  const clientId = optionalText(claims, 'client_id') ?? optionalText(claims, 'azp');
  optionalText(claims, 'jti');
  optionalText(claims, 'sid');
  const scopes = scopesOf(claims, rules.scopePaths);
  const expiresAt = checkTimes(claims, rules, nowSeconds);
  const callers: readonly (string | undefined)[] = organisations.length === 0 ? [undefined] : organisations;
  return callers.map((organisation) =>
    deepFreeze({
      issuer: rules.issuer,
      subject,
      ...(organisation !== undefined && { organisation }),
      tier: tierOf(claims, rules, organisation),
      scopes,
      ...(clientId !== undefined && { clientId }),
      expiresAt,
      claims,
    }),
  );
}

/** The moment a token stops being accepted, in seconds since 1970. */
export function lastMoment(expiresAt: number, toleranceSeconds: number): number {
  return expiresAt + toleranceSeconds;
}

/** Where the provider names the client and no audience, only access tokens may: its ID tokens name it in `aud`. */
function checkAudience(claims: Claims, { audienceClaim, audiences }: ClaimRules): void {
  if (audienceClaim === 'client_id' && claims.token_use !== 'access') {
    throw new TokenError('wrong_type', 'token_use is not access');
  }
  checkAudiences(claims[audienceClaim], audiences, audienceClaim);
}

export function checkAudiences(claimed: unknown, accepted: readonly string[], claim = 'aud'): void {
  const audiences: readonly unknown[] = Array.isArray(claimed) ? claimed : [claimed];
  if (!audiences.every((audience) => typeof audience === 'string')) {
    throw new TokenError('wrong_audience', `${claim} is not a string or an array of strings`);
  }
  if (!accepted.some((audience) => audiences.includes(audience))) {
    throw new TokenError('wrong_audience', `${claim} does not name this API`);
  }
}

/**
 * A token bound to a key (RFC 7800) proves nothing by itself: as a bearer token it may be a stolen one
 * (RFC 9449 §7.2, RFC 8705 §3).
 */
function checkBearer(claims: Claims): void {
  if (Object.hasOwn(claims, 'cnf')) throw new TokenError('sender_constrained', 'cnf: not a bearer token');
}

/** Times are finite numbers of seconds (RFC 7519 §2, NumericDate): JSON's `1e999` is infinity in JavaScript. */
export function checkTimes(
  claims: Claims,
  rules: Pick<ClaimRules, 'toleranceSeconds' | 'longestLifetimeSeconds'>,
  now: number,
): number {
  const { toleranceSeconds: tolerance } = rules;
  const issuedAt = time(claims, 'iat');
  const expiresAt = time(claims, 'exp');
  if (expiresAt <= issuedAt) throw new TokenError('bad_claim', 'exp is not after iat');
  const lifetime = { foundSeconds: expiresAt - issuedAt, allowedSeconds: rules.longestLifetimeSeconds };
  if (lifetime.foundSeconds > lifetime.allowedSeconds) {
    throw new TokenError('lifetime_too_long', 'lives longer than the policy allows', lifetime);
  }
  const notBefore = claims.nbf === undefined ? issuedAt : Math.max(issuedAt, time(claims, 'nbf'));
  if (notBefore > now + tolerance) throw new TokenError('not_yet_valid', 'iat or nbf is in the future');
  if (now >= lastMoment(expiresAt, tolerance)) throw new TokenError('expired', 'exp has passed');
  return expiresAt;
}

export function time(claims: Claims, name: string): number {
  const value = claims[name];
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new TokenError('bad_claim', `${name} is not a finite number`);
}

export function requiredText(claims: Claims, name: string): string {
  const value = optionalText(claims, name);
  if (value === undefined) throw new TokenError('bad_claim', `${name} is missing`);
  return value;
}

/** A claim that is there but no non-empty text is refused, not ignored: identity and limits depend on it. */
export function optionalText(claims: Claims, name: string): string | undefined {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
  if (value === undefined || (typeof value === 'string' && value !== '')) return value;
  throw new TokenError('bad_claim', `${name} is not a non-empty string`);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) deepFreeze(part);
    Object.freeze(value);
  }
  return value;
}
