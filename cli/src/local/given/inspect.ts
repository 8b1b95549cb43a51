import { shownAddress } from '@portcullis/runtime/policy';
import { PortcullisError } from '../../errors';
import { VaultClient } from '../../engines/vault-client';
import type { Seed } from '../seed';
import { refusal, type Obstacle } from './obstacle';
import type { GivenServers } from './options';
import { inspectPostgres, postgresChanges } from './postgres';
import { ChangeRecord } from './record';
import { inspectRedis, redisChanges } from './redis';
import type { VaultFootprint } from './footprint';
import { inspectVault, vaultChanges } from './vault';

/** What will be done to one server, in words. */
export interface ServerChanges {
  readonly server: string;
  readonly changes: readonly string[];
}

/** Agrees, or throws. */
export type Confirm = (changes: readonly ServerChanges[]) => Promise<void>;

/** Whether any server of the user's own is going to be changed: an identity provider never is. */
export function changesAny({ vault, databaseUrl, redisUrl }: GivenServers): boolean {
  return vault !== undefined || databaseUrl !== undefined || redisUrl !== undefined;
}

/** What is going to be made on them. */
export interface Intended {
  readonly footprint: VaultFootprint;
  readonly seed: Seed;
}

/**
 * Looks at each server without changing it.
 * @throws PortcullisError `ERR_GIVEN_SERVER` with everything that stands in the way
 */
export async function inspectServers(given: GivenServers, { footprint, seed }: Intended): Promise<void> {
  const { vault, databaseUrl, redisUrl } = given;
  const inspected = await Promise.all([
    unfinished(given),
    vault ? inspectVault(new VaultClient(vault.address, vault.token), footprint) : [],
    databaseUrl === undefined ? [] : inspectPostgres(databaseUrl, seed),
    redisUrl === undefined ? [] : inspectRedis(redisUrl, seed.vaultUser),
  ]);
  const obstacles = inspected.flat();
  if (obstacles.length > 0) throw refusal('ERR_GIVEN_SERVER', obstacles);
}

/**
 * Looks at each server without changing it, and asks whether it may be.
 * @throws PortcullisError as `inspectServers()`, `ERR_NOT_CONFIRMED`
 */
export async function agree(
  given: GivenServers,
  { confirm, ...intended }: Intended & { readonly confirm: Confirm | undefined },
): Promise<void> {
  await inspectServers(given, intended);
  if (confirm === undefined) throw notConfirmed();
  const { vault, databaseUrl, redisUrl } = given;
  const { footprint, seed } = intended;
  await confirm([
    ...(vault
      ? [{ server: `Vault at ${shownAddress(vault.address)}`, changes: vaultChanges(footprint) }]
      : []),
    ...(databaseUrl === undefined
      ? []
      : [{ server: `PostgreSQL at ${shownAddress(databaseUrl)}`, changes: postgresChanges(seed) }]),
    ...(redisUrl === undefined
      ? []
      : [{ server: `Redis at ${shownAddress(redisUrl)}`, changes: redisChanges(seed.vaultUser) }]),
  ]);
}

export function notConfirmed(): PortcullisError {
  return new PortcullisError(
    'ERR_NOT_CONFIRMED',
    'nobody agreed to these changes; nothing was changed',
    'start in a terminal and answer yes, or give --yes',
  );
}

/** Changes that an earlier start made to one of these servers and did not give back. */
async function unfinished({ vault, databaseUrl, redisUrl }: GivenServers): Promise<Obstacle[]> {
  const named = [vault?.address, databaseUrl, redisUrl].flatMap((url) => (url ? [addressOf(url)] : []));
  const records = await ChangeRecord.all();
  return records
    .filter((one) => [one.vault, one.postgres, one.redis].some((url) => url && named.includes(url)))
    .map(({ id }) => ({
      problem: `an earlier start (${id}) has not given these servers back`,
      remedy: `stop it if it still runs; else finish it: npm start -- --give-back ${id}, naming the same servers`,
    }));
}

/** Protocol, host and port: what tells one server from another. */
export function addressOf(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}
