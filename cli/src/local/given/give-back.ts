import { messageOf, PortcullisError } from '../../errors';
import type { VaultClient } from '../../engines/vault-client';
import { markOf } from '../seed';
import type { GivenServers } from './options';
import { givePostgresBack } from './postgres';
import type { ChangeRecord } from './record';
import { giveRedisBack } from './redis';
import { leftInVault, removeIdentities, revokeLeases } from './vault';

export interface GiveBackOptions {
  readonly record: ChangeRecord;
  /** The servers that were changed, with the credentials that changed them. */
  readonly given: GivenServers;
  /** The Vault that leased users in them, whoever's it is; undefined when it is gone. */
  readonly vault: VaultClient | undefined;
  /** Destroys what was deployed. */
  readonly destroy: () => Promise<void>;
}

/**
 * Gives servers of the user's own back as they were, whatever has been done to them so far: everything is tried, and
 * can be tried again.
 * @throws PortcullisError `ERR_GIVE_BACK` with what is left, and how to go on; the record is then kept
 */
export async function giveBack({ record, given, vault, destroy }: GiveBackOptions): Promise<void> {
  const { changes } = record;
  const { footprint, vaultUser, database, startedAt } = changes;
  const left: string[] = [];
  const attempt = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    await work().catch((error: unknown) => left.push(`${what}: ${messageOf(error)}`));
  };

  // Vault first: it drops the users that it made, for which it needs its own user in the databases. What it refuses here
  // it does when its mount goes, and what it made is dropped below: it matters where something of these is left.
  if (vault) await attempt('leases of Vault', () => revokeLeases(vault, footprint));
  const leases = left.splice(0);
  if (given.vault && vault) {
    await attempt('identities in Vault', () => removeIdentities(vault, footprint));
    await attempt('what was deployed to Vault', destroy);
    await attempt('Vault', async () => {
      const there = await leftInVault(vault, footprint);
      if (there.length > 0) throw new Error(`left there: ${there.join(', ')}`);
    });
  }
  const { databaseUrl, redisUrl } = given;
  if (databaseUrl !== undefined) {
    const seed = { database, vaultUser, mark: markOf(changes.id) };
    await attempt('PostgreSQL', () => givePostgresBack(databaseUrl, seed));
  }
  if (redisUrl !== undefined) {
    const roles = footprint.databaseRoles;
    await attempt('Redis', () => giveRedisBack(redisUrl, { vaultUser, roles, startedAt }));
  }

  if (left.length === 0) return record.remove();
  left.unshift(...leases);
  await record.keep();
  throw new PortcullisError(
    'ERR_GIVE_BACK',
    ['not everything could be given back:', ...left.map((line) => `  ${line}`)].join('\n'),
    `what is left is recorded, with the state of the deploy, in ${record.folder}; mend what is said above, then finish with: npm start -- --give-back ${changes.id}, naming the same servers`,
  );
}
