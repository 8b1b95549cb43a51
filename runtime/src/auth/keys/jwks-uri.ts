import { isHttpsOrLoopback } from '../../policy/loopback';
import type { FetchJson } from './fetch-json';

/**
 * Asks an issuer where its keys are (OpenID Connect Discovery 1.0 §4).
 *
 * @throws Error if it does not answer, says it is another issuer (§4.3), or names no https address.
 */
export async function discoverJwksUri(issuer: string, fetchJson: FetchJson): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const metadata = (await fetchJson(url)) as Record<string, unknown> | null;
  if (metadata?.issuer !== issuer) {
    throw new Error(
      `${url} does not describe the issuer ${issuer}: compare the two, the last slash included`,
    );
  }
  const jwksUri = metadata.jwks_uri;
  if (typeof jwksUri !== 'string' || !isHttpsOrLoopback(jwksUri)) {
    throw new Error(`${url} names no https jwks_uri`);
  }
  return jwksUri;
}
