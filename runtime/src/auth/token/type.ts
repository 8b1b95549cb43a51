/** Which of an issuer's signed tokens is an access token. They are all signed with the same keys. */
import { TokenError } from '../errors';

type Claims = Readonly<Record<string, unknown>>;

/** Claims that only other tokens have: ID tokens (OIDC Core §3.3.2.11), logout and security event tokens (RFC 8417). */
const FOREIGN_CLAIMS = ['at_hash', 'c_hash', 's_hash', 'events'] as const;

/** Claims that access tokens have, under the names that providers give them, and ID tokens do not. */
const OWN_CLAIMS = ['scope', 'scp', 'client_id', 'cid', 'azpacr', 'appidacr', 'idtyp'] as const;

/**
 * Refuses every signed token that is not an access token.
 *
 * @param declared the token's `typ`.
 * @param strict RFC 9068 §4: `typ` has to be `at+jwt`. Otherwise it may also be `JWT` or absent, and the
 * claims decide.
 * @throws TokenError if it is another kind of token, or may be one.
 */
export function checkType(declared: string | undefined, claims: Claims, strict: boolean): void {
  const type = declared?.toLowerCase().replace(/^application\//, '');
  if (type === 'at+jwt') return;
  if (strict || (type !== undefined && type !== 'jwt')) {
    throw new TokenError('wrong_type', 'typ is not at+jwt');
  }
  const says = saysAccess(claims);
  // An ID token holds the nonce of its login (OIDC Core §2). Some providers copy it into the access token, too.
  const isForeign =
    FOREIGN_CLAIMS.some((name) => Object.hasOwn(claims, name)) || (!says && Object.hasOwn(claims, 'nonce'));
  if (isForeign || says === false) {
    throw new TokenError('wrong_type', 'an ID token or another token that is not an access token');
  }
  if (!OWN_CLAIMS.some((name) => Object.hasOwn(claims, name))) {
    throw new TokenError('wrong_type', 'nothing tells that this is an access token');
  }
}

/**
 * Whether the claims say of which kind the token is, as Keycloak's do by `typ` (Bearer, ID, Refresh, Logout, …) and
 * Cognito's by `token_use` (access, id); `undefined` where neither is there.
 */
function saysAccess({ typ, token_use: use }: Claims): boolean | undefined {
  if (typ === undefined && use === undefined) return undefined;
  return (typ === undefined || typ === 'Bearer') && (use === undefined || use === 'access');
}
