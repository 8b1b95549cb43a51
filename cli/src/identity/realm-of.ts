import type { KeycloakRealm } from '@portcullis/constructs/keycloak';
import type { Config } from '../config/define-config';
import { resolved } from '../config/lazy';
import { PortcullisError } from '../errors';

/**
 * The realm of an environment.
 *
 * @throws PortcullisError `ERR_SETTING` for the name of none that has one
 */
export async function realmOf(
  name: string,
  { environments }: Pick<Config, 'environments'>,
): Promise<KeycloakRealm> {
  const realm = Object.hasOwn(environments, name) ? environments[name]?.realm : undefined;
  if (realm !== undefined) return resolved(realm);
  const known = Object.entries(environments).flatMap(([one, { realm }]) =>
    realm === undefined ? [] : [one],
  );
  throw new PortcullisError(
    'ERR_SETTING',
    known.length === 0
      ? `received ${JSON.stringify(name)}; no environment of portcullis.config.ts has a realm`
      : `received ${JSON.stringify(name)}; expected one of the environments ${known.join(', ')}`,
    'name one that has a realm: environments: { staging: { realm: () => keycloakRealm({ … }) } }',
  );
}
