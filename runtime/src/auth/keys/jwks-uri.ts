/** Where an issuer's keys are: where its options say, or where the issuer says. */
import { isTrustedAddress } from '../trusted-address';
import type { FetchJson } from './fetch-json';

/** What is configured of an issuer. */
interface Whereabouts {
  readonly issuer: string;
  readonly jwksUri?: string | undefined;
  readonly discoveryUrl?: string | undefined;
}

/**
 * The address of an issuer's keys. Where none was configured, the issuer is asked.
 *
 * @throws Error if it does not answer, or its answer is not to be believed: see {@link discoverJwksUri}.
 */
export function jwksUriOf(
  { issuer, jwksUri, discoveryUrl }: Whereabouts,
  fetchJson: FetchJson,
): Promise<string> {
  return jwksUri === undefined ? discoverJwksUri(issuer, fetchJson, discoveryUrl) : Promise.resolve(jwksUri);
}

/**
 * Asks an issuer where its keys are (OpenID Connect Discovery 1.0 §4).
 *
 * @throws Error if it does not answer, says it is another issuer (§4.3), or names no https address.
 */
export async function discoverJwksUri(
  issuer: string,
  fetchJson: FetchJson,
  url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
): Promise<string> {
  const metadata = (await fetchJson(url)) as Record<string, unknown> | null;
  if (metadata?.issuer !== issuer) {
    throw new Error(
      `${url} does not describe the issuer ${issuer}: compare the two, the last slash included`,
    );
  }
  const jwksUri = metadata.jwks_uri;
  if (typeof jwksUri !== 'string' || !isTrustedAddress(jwksUri, issuer)) {
    throw new Error(`${url} names no https jwks_uri`);
  }
  return jwksUri;
}
