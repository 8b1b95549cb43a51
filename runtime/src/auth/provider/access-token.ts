/** What a client can read in its own access token. Nobody is let in because of it: `requireAuth()` verifies each, as anybody's. */
import { loadJose } from '../load-jose';

/** The life of a token of which nobody says how long it lives (RFC 6749 §5.1 only recommends `expires_in`). */
const USUAL_LIFE_SECONDS = 300;

/** The token's claims. It came straight from the provider, or in a cookie that we sealed: its signature is not asked for. */
export function claimsOf(accessToken: string): Readonly<Record<string, unknown>> {
  try {
    return loadJose().decodeJwt(accessToken);
  } catch {
    // Not a JWT: nothing to tell it apart by.
    return {};
  }
}

/**
 * How long a token lives from now on: as long as its answer or its own claims say, whichever is sooner. It was issued just
 * now, so that the difference of its times holds whatever the provider's clock says.
 */
export function lifeSecondsOf(accessToken: string, expiresIn: number | undefined): number {
  const { iat, exp } = claimsOf(accessToken);
  const own = typeof iat === 'number' && typeof exp === 'number' ? exp - iat : 0;
  const said = [expiresIn ?? 0, own].filter((seconds) => seconds > 0);
  return said.length === 0 ? USUAL_LIFE_SECONDS : Math.min(...said);
}
