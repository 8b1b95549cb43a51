/** A Vault of the user's own: what stands in the way, what will be changed, and how it gets back what it was. */
import { shownAddress } from '@portcullis/runtime/policy';
import { messageOf } from '../../errors';
import { VaultError, type VaultClient } from '../../engines/vault-client';
import type { VaultFootprint } from './footprint';
import type { Obstacle } from './obstacle';
import { missingRights, rightsFor, type Right } from './vault-rights';

export function vaultChanges({ mounts, authMethods, policies }: VaultFootprint): string[] {
  return [
    `makes the mounts ${mounts.join(', ')}`,
    `makes the login methods ${authMethods.join(', ')}`,
    `makes the policies ${policies.join(', ')}`,
  ];
}

type Named = Pick<VaultFootprint, 'mounts' | 'authMethods' | 'policies'>;

/** What is there already that the footprint would be, or would be above or below. @throws what Vault answers */
async function inTheWay(vault: VaultClient, footprint: Named): Promise<Named> {
  const [mounts = {}, auth = {}, policies] = await Promise.all([
    vault.read('sys/mounts').then(({ data }) => data),
    vault.read('sys/auth').then(({ data }) => data),
    vault.list('sys/policies/acl').then(({ data }) => data?.keys as string[]),
  ]);
  // Vault lets no mount be below another.
  const taken = (paths: readonly string[], existing: object): string[] =>
    Object.keys(existing)
      .filter((other) => paths.some((path) => other.startsWith(`${path}/`) || `${path}/`.startsWith(other)))
      .map((other) => other.replace(/\/$/, ''));
  return {
    mounts: taken(footprint.mounts, mounts),
    authMethods: taken(footprint.authMethods, auth),
    policies: footprint.policies.filter((policy) => policies.includes(policy)),
  };
}

/** What of the footprint is there, by its own names. @throws what Vault answers */
async function stillThere(vault: VaultClient, footprint: Named): Promise<Named> {
  const { mounts, authMethods, policies } = await inTheWay(vault, footprint);
  return {
    mounts: mounts.filter((path) => footprint.mounts.includes(path)),
    authMethods: authMethods.filter((path) => footprint.authMethods.includes(path)),
    policies,
  };
}

/** Asks a server that answers, and tells what keeps it from being used. */
export async function inspectVault(
  vault: VaultClient,
  footprint: VaultFootprint,
): Promise<readonly Obstacle[]> {
  const name = `Vault at ${shownAddress(vault.address)}`;
  try {
    const health = await vault.health();
    if (health !== 'active') throw new Error(`it is ${health}`);
    await vault.read('auth/token/lookup-self');
    const { mounts, authMethods, policies } = await inTheWay(vault, footprint);
    const missing = await missingRights(vault, rightsFor(footprint));
    return [
      ...rightsObstacle(name, missing),
      ...mounts.map((path) => ({
        problem: `${name}: the mount ${path}/ is in use`,
        remedy: `name another server; or, if nobody needs what is there: bao secrets disable ${path}`,
      })),
      ...authMethods.map((path) => ({
        problem: `${name}: the login method ${path}/ is in use`,
        remedy: `name another server; or, if nobody logs in by it: bao auth disable ${path}`,
      })),
      ...policies.map((policy) => ({
        problem: `${name}: the policy ${policy} exists`,
        remedy: `name another server; or, if nobody has it: bao policy delete ${policy}`,
      })),
    ];
  } catch (error) {
    return [
      {
        problem: `${name} cannot be used: ${messageOf(error)}`,
        remedy: isUntrusted(error as Error)
          ? 'export NODE_EXTRA_CA_CERTS, the file (PEM) of the authority that signed its certificate'
          : 'start it, or mend the address or the token',
      },
    ];
  }
}

/** Whether it was OpenSSL that refused: fetch() hides that in its cause. */
function isUntrusted({ code, cause }: NodeJS.ErrnoException): boolean {
  return /CERT|VERIFY/.test(String(code)) || (Boolean(cause) && isUntrusted(cause as Error));
}

function rightsObstacle(name: string, missing: readonly Right[]): Obstacle[] {
  if (missing.length === 0) return [];
  const lines = missing.map(({ path, capabilities }) => `\n      ${path}: ${capabilities.join(', ')}`);
  return [
    {
      problem: `${name}: the token lacks what the deploy needs, and taking it back:${lines.join('')}`,
      remedy: 'name a token whose policies allow it',
    },
  ];
}

/** Ends every lease that the footprint's mounts gave out: users in databases go with it. */
export async function revokeLeases(vault: VaultClient, { mounts }: VaultFootprint): Promise<void> {
  for (const mount of (await stillThere(vault, { mounts, authMethods: [], policies: [] })).mounts) {
    await vault.write(`sys/leases/revoke-prefix/${mount}`, { sync: true });
  }
}

/** Removes the identities that logins made: Vault keeps them when the login method goes. */
export async function removeIdentities(vault: VaultClient, { authMethods }: VaultFootprint): Promise<void> {
  const mounted = (await vault.read('sys/auth')).data as Record<string, { accessor: string } | undefined>;
  const ours = authMethods.map((path) => mounted[`${path}/`]?.accessor);
  const info = await aliasesOf(vault);
  for (const [alias, { mount_accessor: accessor, canonical_id: entity }] of Object.entries(info)) {
    if (!ours.includes(accessor)) continue;
    const others = Object.values(info).filter((one) => one.canonical_id === entity).length > 1;
    await vault.remove(others ? `identity/entity-alias/id/${alias}` : `identity/entity/id/${entity}`);
  }
}

async function aliasesOf(vault: VaultClient): Promise<Record<string, EntityAlias>> {
  try {
    const { data } = await vault.list('identity/entity-alias/id');
    return (data?.key_info ?? {}) as Record<string, EntityAlias>;
  } catch (error) {
    // Its answer where there is nothing to list.
    if (error instanceof VaultError && error.status === 404) return {};
    throw error;
  }
}

interface EntityAlias {
  readonly mount_accessor: string;
  readonly canonical_id: string;
}

/** What is still there, with the command that removes it; none, when Vault is as it was. */
export async function leftInVault(vault: VaultClient, footprint: VaultFootprint): Promise<string[]> {
  const { mounts, authMethods, policies } = await stillThere(vault, footprint);
  return [
    ...mounts.map((path) => `the mount ${path}/ (bao secrets disable ${path})`),
    ...authMethods.map((path) => `the login method ${path}/ (bao auth disable ${path})`),
    ...policies.map((policy) => `the policy ${policy} (bao policy delete ${policy})`),
  ];
}
