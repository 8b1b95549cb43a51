/** Where Keycloak is the identity provider: the realm in which the API's people and services are known. */
import { keycloakRealm, type KeycloakRealm, type KeycloakRealmProps } from '@portcullis/constructs/keycloak';
import { policy } from '../policy';
import { WEB_APP } from './web-app';

/**
 * @param origin where people find the API, as in `https://api.fintech.example.com`.
 * @param of the environment, the realm's name if it is not the policy's, and services and customers that are described
 * here. In production those are made in Keycloak, as they come.
 */
export function identityStack(
  origin: string,
  of: Pick<KeycloakRealmProps, 'environment' | 'realm' | 'services' | 'organisations'>,
): KeycloakRealm {
  return keycloakRealm({
    policy,
    login: {
      clientId: WEB_APP,
      redirectUri: `${origin}/auth/callback`,
      afterLogoutUri: `${origin}/`,
      backChannelLogoutUri: `${origin}/auth/backchannel-logout`,
    },
    ...of,
  });
}
