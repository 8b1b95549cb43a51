import type { Revocation } from '@portcullis/runtime';
import { PortcullisError } from '../errors';
import { jwtClaims } from '../connections/jwt-claims';

/** Longer than any that an API takes. */
export const LONGEST_TOKEN = 8_192;

/**
 * What revokes an access token: its issuer and its `jti`. The signature is not looked at: who made up a token revokes what
 * nobody has.
 *
 * @param issuer whose tokens the API takes.
 * @throws PortcullisError `ERR_SETTING` for what is no such token. No message holds a part of it.
 */
export function revocationOf(token: string, issuer: string): Revocation {
  const { iss, jti } = claimsOf(token.trim());
  if (iss !== issuer) {
    throw refused(
      `the token is of another issuer than ${issuer}`,
      'give --issuer, if the API takes tokens of several; or see whether it is an access token of this API',
    );
  }
  if (typeof jti !== 'string' || jti === '') {
    throw refused(
      'the token has no jti, so it cannot be told apart from others',
      'revoke all that its session or its person was issued: --session or --subject',
    );
  }
  return { issuer, jti };
}

function claimsOf(token: string): Readonly<Record<string, unknown>> {
  const claims = token.length > LONGEST_TOKEN ? undefined : jwtClaims(token);
  if (claims !== undefined) return claims;
  throw refused(
    'what was given is no access token that is a JWT (RFC 9068)',
    'give the token alone, as header.claims.signature, on standard input or by --token-file',
  );
}

function refused(problem: string, remedy: string): PortcullisError {
  return new PortcullisError('ERR_SETTING', problem, remedy);
}
