/** By what the things that we made in Keycloak are known again: an attribute. There is no state file. */
import type { KeycloakRealm, Representation } from '@portcullis/constructs/keycloak';
import { PortcullisError } from '../errors';
import { plain } from '../terminal/text';

/** The attribute. Its value is `<policy>/<environment>`: environments may share a Keycloak. */
export const MARK = 'portcullis.owner';

/** What somebody else made is neither changed nor removed. @throws PortcullisError `ERR_SETTING` */
export function requireMark(
  actual: Representation,
  what: string,
  { owner }: Pick<KeycloakRealm, 'owner'>,
): void {
  const mark = asObject(actual.attributes)[MARK];
  if (mark === owner) return;
  const ours = JSON.stringify(owner);
  throw new PortcullisError(
    'ERR_SETTING',
    typeof mark === 'string'
      ? `${what} belongs to ${plain(JSON.stringify(mark))}, not to ${ours}`
      : `${what} was not made by Portcullis`,
    `nothing of it was changed: give another name (a realm's is keycloakRealm of its environment), or, to hand it over, set its attribute "${MARK}" to ${ours}`,
  );
}

export function asObject(value: unknown): Representation {
  return typeof value === 'object' && value !== null ? (value as Representation) : {};
}
