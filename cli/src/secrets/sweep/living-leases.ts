import { VaultError, type VaultClient } from '../../engines/vault-client';
import { PortcullisError } from '../../errors';
import type { LeaseOfRole } from './leased-users';

/** How many leases are looked up at once. */
const AT_ONCE = 8;

/**
 * Every lease of the roles of a database mount.
 *
 * @throws PortcullisError `ERR_SETTING` when there is no such mount: nothing is leased there, and so it would seem that no
 * user has a lease; `ERR_VAULT_REFUSED` when the token may not look at leases.
 */
export async function livingLeases(vault: VaultClient, given: string): Promise<LeaseOfRole[]> {
  const mount = given.replace(/^\/+|\/+$/g, '');
  await findMount(vault, mount);
  const prefix = `${mount}/creds/`;
  try {
    // Names of roles end in a slash.
    const roles = await vault.names(`sys/leases/lookup/${prefix}`);
    const ids = await Promise.all(
      roles.map(async (role) =>
        (await vault.names(`sys/leases/lookup/${prefix}${role}`)).map((key) => ({
          role,
          id: `${prefix}${role}${key}`,
        })),
      ),
    );
    return await lookUp(vault, ids.flat());
  } catch (error) {
    if (!(error instanceof VaultError) || error.status !== 403) throw error;
    throw new PortcullisError(
      'ERR_VAULT_REFUSED',
      `the token may not look at the leases of ${mount}, so that nothing was removed`,
      `its policy needs "list" and "sudo" on "sys/leases/lookup/${prefix}*", and "update" on "sys/leases/lookup"`,
    );
  }
}

/** https://developer.hashicorp.com/vault/api-docs/system/internal-ui-mounts: for whoever may use anything of the mount. */
async function findMount(vault: VaultClient, mount: string): Promise<void> {
  const found = await vault.read(`sys/internal/ui/mounts/${mount}`).catch((error: unknown) => {
    if (error instanceof VaultError && [400, 403, 404].includes(error.status)) return undefined;
    throw error;
  });
  // The path as well: fetch() resolves "..", and below a mount Vault names the mount.
  if (found?.data?.type === 'database' && found.data.path === `${mount}/`) return;
  throw new PortcullisError(
    'ERR_SETTING',
    `there is no database engine at "${mount}/" that the token may use, so that nothing was removed`,
    'name the mount that leases the users of this Redis with --mount, and its Vault in VAULT_ADDR and VAULT_NAMESPACE',
  );
}

async function lookUp(
  vault: VaultClient,
  leases: readonly { readonly role: string; readonly id: string }[],
): Promise<LeaseOfRole[]> {
  const found: LeaseOfRole[] = [];
  const waiting = [...leases];
  const work = async (): Promise<void> => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const issuedAt = await issueTime(vault, next.id);
      if (issuedAt !== undefined) found.push({ role: next.role.replace(/\/$/, ''), issuedAt });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found;
}

/** Undefined when the lease has ended since it was listed. */
async function issueTime(vault: VaultClient, id: string): Promise<number | undefined> {
  try {
    const { data } = await vault.write('sys/leases/lookup', { lease_id: id });
    return timeOf(data?.issue_time);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** A lease of no known time stands for no user, and its own would be removed. */
function timeOf(given: unknown): number {
  const issuedAt = typeof given === 'string' ? Date.parse(given) / 1_000 : NaN;
  if (Number.isFinite(issuedAt)) return issuedAt;
  throw new PortcullisError(
    'ERR_VAULT_REFUSED',
    'Vault does not say when a lease was issued, so that nothing was removed',
    'see that VAULT_ADDR is the Vault itself',
  );
}

/** Vault answers 404 to the lookup of a lease that is not there, and 400 to the lookup of a lease that has ended. */
function isGone(error: unknown): boolean {
  return error instanceof VaultError && (error.status === 404 || error.errors.includes('invalid lease'));
}
