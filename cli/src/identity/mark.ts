/** By what the things that we made in Keycloak are known again: an attribute. There is no state file. */
import type { KeycloakRealm, Representation } from '@portcullis/constructs/keycloak';
import { PortcullisError } from '../errors';

/** The attribute. Its value is the policy's name. */
export const MARK = 'portcullis.policy';

/** What somebody else made is neither changed nor removed. @throws PortcullisError `ERR_SETTING` */
export function requireMark(
  actual: Representation,
  what: string,
  { policy }: Pick<KeycloakRealm, 'policy'>,
): void {
  const mark = asObject(actual.attributes)[MARK];
  if (mark === policy) return;
  const ours = JSON.stringify(policy);
  throw new PortcullisError(
    'ERR_SETTING',
    typeof mark === 'string'
      ? `${what} belongs to the policy ${JSON.stringify(mark)}, not to ${ours}`
      : `${what} was not made by Portcullis`,
    `nothing of it was changed: give another name, or, to hand it over, set its attribute "${MARK}" to ${ours}`,
  );
}

export function asObject(value: unknown): Representation {
  return typeof value === 'object' && value !== null ? (value as Representation) : {};
}
