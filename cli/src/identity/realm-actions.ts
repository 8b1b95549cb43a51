/** What is done with a realm beside making it what it has to be. */
import type { KeycloakRealm, Representation } from '@portcullis/constructs/keycloak';
import { PortcullisError } from '../errors';
import type { KeycloakAdmin } from './admin-client';
import { requireMark } from './mark';
import { typed } from '../terminal/command-name';

/**
 * Removes the realm with everything in it, its people included.
 * @returns whether there was one
 * @throws PortcullisError `ERR_KEYCLOAK_REFUSED`, `ERR_UNREACHABLE`, and `ERR_SETTING` for a realm that is somebody else's
 */
export async function removeRealm(
  admin: KeycloakAdmin,
  wanted: Pick<KeycloakRealm, 'realm' | 'owner'>,
): Promise<boolean> {
  const path = `/${encodeURIComponent(wanted.realm)}`;
  const realm = await admin.find<Representation>(path);
  if (realm === undefined) return false;
  requireMark(realm, `the realm ${wanted.realm}`, wanted);
  await admin.remove(path);
  return true;
}

/**
 * The secret that Keycloak made for a client.
 * @param isNew whether it makes another first; the one before is then worth nothing.
 * @throws PortcullisError `ERR_KEYCLOAK_REFUSED`, `ERR_UNREACHABLE`, `ERR_SETTING` where there is no such client, where it is somebody else's, or
 * has none
 */
export async function secretOf(
  admin: KeycloakAdmin,
  wanted: Pick<KeycloakRealm, 'realm' | 'owner'>,
  clientId: string,
  isNew = false,
): Promise<string> {
  const { realm } = wanted;
  const clients = `/${encodeURIComponent(realm)}/clients`;
  const [client] =
    (await admin.find<(Representation & { id: string })[]>(
      `${clients}?clientId=${encodeURIComponent(clientId)}`,
    )) ?? [];
  if (client === undefined) {
    throw new PortcullisError(
      'ERR_SETTING',
      `the realm ${realm} has no client ${JSON.stringify(clientId)}`,
      `name one that \`${typed('identity plan')}\` lists, and apply first`,
    );
  }
  requireMark(client, `the client ${clientId}`, wanted);
  const path = `${clients}/${client.id}/client-secret`;
  const { value } = await (isNew
    ? admin.renew<{ value?: unknown }>(path)
    : admin.read<{ value?: unknown }>(path));
  if (typeof value === 'string' && value !== '') return value;
  throw new PortcullisError(
    'ERR_SETTING',
    `the client ${clientId} of the realm ${realm} has no secret`,
    `run \`${typed('identity apply')}\`, which makes it a confidential client again`,
  );
}
