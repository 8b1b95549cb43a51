/**
 * Ends leases while Vault can still remove their users. An engine takes a connection away before the mount; without a
 * connection, Vault cannot remove a user, and the unmount fails for ever (hashicorp/vault#9420).
 */
import { PortcullisError } from '../errors';
import { VaultError, type VaultClient } from '../engines/vault-client';

export interface Lending {
  /** Path of a database engine. */
  readonly mount: string;
  /** Of this connection alone. @default of the whole mount */
  readonly connection?: string;
  /** Which roles go for good, so that nothing is lent by them again. @default all */
  readonly removes?: (role: string) => boolean;
}

/**
 * Removes roles and ends the leases of the others too, in this order: no lease begins in between.
 *
 * @returns the roles whose leases have ended.
 * @throws PortcullisError `ERR_SETTING` for what is no path of a mount, `ERR_VAULT_REFUSED` when a user is still there.
 */
export async function endLeases(
  vault: VaultClient,
  { mount, connection, removes = () => true }: Lending,
): Promise<string[]> {
  if (!/^[\w-]+(\/[\w-]+)*$/.test(mount)) {
    throw new PortcullisError(
      'ERR_SETTING',
      `received ${JSON.stringify(mount.slice(0, 100))} as a mount`,
      'name a database engine by its path, as in database',
    );
  }
  const roles: string[] = [];
  for (const role of await vault.names(`${mount}/roles`)) {
    if (connection !== undefined && (await connectionOf(vault, mount, role)) !== connection) continue;
    if (removes(role)) await vault.remove(`${mount}/roles/${role}`);
    roles.push(role);
  }
  // Leases of roles that somebody removed before are below the mount alone.
  const prefixes = connection === undefined ? [mount] : roles.map((role) => `${mount}/creds/${role}`);
  for (const prefix of prefixes) await endBelow(vault, prefix);
  return roles;
}

async function endBelow(vault: VaultClient, prefix: string): Promise<void> {
  try {
    // Vault adds the slash itself: leases of another mount, of a longer name, stay.
    await vault.write(`sys/leases/revoke-prefix/${prefix}`, { sync: true });
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    throw new PortcullisError(
      'ERR_VAULT_REFUSED',
      `leases below ${prefix}/ could not be ended: ${error.problem}`,
      error.status === 403
        ? `use a token that may "update" "sys/leases/revoke-prefix/${prefix}" with "sudo"`
        : 'see that Vault reaches the database as its own user, and try again',
    );
  }
}

async function connectionOf(vault: VaultClient, mount: string, role: string): Promise<unknown> {
  return (await vault.read(`${mount}/roles/${role}`)).data?.db_name;
}
