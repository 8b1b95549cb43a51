export type { KeycloakLogin, KeycloakOrganisation, KeycloakRealmProps, KeycloakService } from './props';
export {
  keycloakRealm,
  type KeycloakRealm,
  type RealmClient,
  type RealmClientScope,
  type RealmOrganisation,
  type Representation,
} from './realm';
