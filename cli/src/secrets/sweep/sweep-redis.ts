import { setTimeout as sleep } from 'node:timers/promises';
import type { VaultClient } from '../../engines/vault-client';
import { PortcullisError } from '../../errors';
import { withoutLease } from './leased-users';
import { livingLeases } from './living-leases';

/** Sends one command to Redis. */
export type SendCommand = (command: readonly string[]) => Promise<unknown>;

export interface SweepOptions {
  /** Mounts of the database engine that lease users of this Redis. */
  readonly mounts: readonly string[];
  /** Saves the users afterwards. @default false */
  readonly save?: boolean;
}

export interface Sweep {
  /** Users that are gone now, in the order of their names. */
  readonly removed: readonly string[];
  /** How many users have a lease. */
  readonly leased: number;
  readonly saved: boolean;
}

/** How long a user may be without a lease because Vault is still making it. */
const IN_THE_MAKING_MS = 3_000;

/**
 * Removes the users that Vault made and no lease stands for: those that a saved ACL file brought back at a restart of
 * Redis. One Vault has to lease all users of this Redis.
 *
 * @throws PortcullisError `ERR_VAULT_REFUSED`; `ERR_SETTING` when users are to be saved while leased ones live: a saved
 * user outlives its lease.
 */
export async function sweepRedis(
  vault: VaultClient,
  send: SendCommand,
  { mounts, save = false }: SweepOptions,
): Promise<Sweep> {
  const look = async (users: readonly string[]) =>
    withoutLease(users, (await Promise.all(mounts.map((mount) => livingLeases(vault, mount)))).flat());

  let found = await look((await send(['ACL', 'USERS'])) as string[]);
  if (found.orphaned.length > 0) {
    // Vault makes a user before its lease. Only who has none at a second look goes.
    await sleep(IN_THE_MAKING_MS);
    found = await look([...found.leased, ...found.orphaned]);
  }
  if (found.orphaned.length > 0) await send(['ACL', 'DELUSER', ...found.orphaned]);
  if (save) await saveUsers(send, found.leased.length);
  return { removed: found.orphaned.sort(), leased: found.leased.length, saved: save };
}

async function saveUsers(send: SendCommand, leased: number): Promise<void> {
  if (leased > 0) {
    const who = leased === 1 ? '1 leased user lives' : `${leased} leased users live`;
    throw new PortcullisError(
      'ERR_SETTING',
      `${who}, and would be saved with the others: a restart of Redis would bring back what was revoked`,
      'nothing was saved: save right after the first deploy, before the service starts, or once no lease is left',
    );
  }
  await send(['ACL', 'SAVE']);
}
