/** Where Keycloak is the identity provider: the realm in which the API's people and services are known. */
import { keycloakRealm, type KeycloakRealm, type KeycloakRealmProps } from '@portcullis/constructs/keycloak';
import { policy } from '../policy';
import { WEB_APP } from './web-app';

/**
 * @param origin where people find the API, as in `https://api.fintech.example.com`.
 * @param known services and customers that are described here. In production they are made in Keycloak, as they come.
 */
export function identityStack(
  origin: string,
  known: Pick<KeycloakRealmProps, 'services' | 'organisations'> = {},
): KeycloakRealm {
  return keycloakRealm({
    policy,
    login: {
      clientId: WEB_APP,
      redirectUri: `${origin}/auth/callback`,
      afterLogoutUri: `${origin}/`,
      backChannelLogoutUri: `${origin}/auth/backchannel-logout`,
    },
    ...known,
  });
}
