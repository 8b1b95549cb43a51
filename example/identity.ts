import { keycloak, type Preset } from '@portcullis/runtime/presets';
import { policy } from '../policy';
import type { Settings } from './settings';

/** What the app has to know of its identity provider: a Keycloak where one is named, else what the policy expects. */
export function identityOf(settings: Settings): Preset {
  const { KEYCLOAK_URL: url, KEYCLOAK_REALM: realm, JWKS_URI: jwksUri } = settings;
  if (url !== undefined && realm !== undefined) return keycloak({ url, realm });
  const issuer = settings.OIDC_ISSUER_URL ?? policy.issuer;
  return { verify: { issuer, ...(jwksUri && { jwksUri }) }, login: { issuer }, client: { issuer } };
}
