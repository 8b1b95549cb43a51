/**
 * The realm of a Keycloak that a policy asks for, as the JSON that its admin API takes. Without cdktf.
 *
 * @module @portcullis/constructs/keycloak
 */
export type { KeycloakLogin, KeycloakOrganisation, KeycloakRealmProps, KeycloakService } from './props';
export {
  keycloakRealm,
  type KeycloakRealm,
  type RealmClient,
  type RealmClientScope,
  type RealmOrganisation,
  type Representation,
} from './realm';
