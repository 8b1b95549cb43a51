/** A Redis of the user's own: what stands in the way, what will be changed, and how it gets back what it was. */
import { shownAddress } from '@portcullis/runtime/policy';
import { messageOf } from '../../errors';
import { sha256Hex } from '../../engines/random';
import { redisCommand, VAULT_USER_RIGHTS } from '../servers/redis';
import type { Obstacle } from './obstacle';

/** Keys that the example API writes all begin so. */
const KEYS = 'portcullis:*';

export function redisChanges(vaultUser: string): string[] {
  return [
    `makes the ACL user ${vaultUser}`,
    'lets Vault make users (V_…), each of which lives an hour at most',
    `writes keys ${KEYS}`,
  ];
}

/** Asks a server, and tells what keeps it from being used. */
export async function inspectRedis(url: string, vaultUser: string): Promise<readonly Obstacle[]> {
  const name = `Redis at ${shownAddress(url)}`;
  try {
    const keyspace = String(await redisCommand(url, ['INFO', 'keyspace']));
    const users = (await redisCommand(url, ['ACL', 'USERS'])) as string[];
    const databases = [...keyspace.matchAll(/^(db\d+):keys=(\d+)/gm)];
    return [
      ...databases.map(([, database = '', keys = '']) => ({
        problem: `${name}: ${database} holds ${keys} keys`,
        remedy: 'name a Redis that is empty; or, if nobody needs what is there: FLUSHALL',
      })),
      ...users
        .filter((user) => user === vaultUser)
        .map((user) => ({ problem: `${name}: the ACL user ${user} exists`, remedy: 'name another server' })),
    ];
  } catch (error) {
    return [
      {
        problem: `${name} cannot be used: ${messageOf(error)}`,
        remedy: 'start it, or mend the address, the user or the password; it has to be Redis 6 or newer',
      },
    ];
  }
}

/** Makes Vault's user, in memory only: the server's ACL file stays as it is. @throws what Redis answers */
export async function addVaultUser(url: string, vaultUser: string, password: string): Promise<void> {
  const hash = `#${sha256Hex(password)}`;
  await redisCommand(url, ['ACL', 'SETUSER', vaultUser, 'reset', 'on', hash, ...VAULT_USER_RIGHTS]);
}

/**
 * Removes Vault's user, the users that Vault made since `startedAt` (seconds) for these roles, and the API's keys. Can
 * be called again.
 * @throws what Redis answers
 */
export async function giveRedisBack(
  url: string,
  { vaultUser, roles, startedAt }: { vaultUser: string; roles: readonly string[]; startedAt: number },
): Promise<void> {
  const users = (await redisCommand(url, ['ACL', 'USERS'])) as string[];
  const ours = users.filter((user) => user === vaultUser || isLeasedUser(user, roles, startedAt));
  if (ours.length > 0) await redisCommand(url, ['ACL', 'DELUSER', ...ours]);
  let cursor = '0';
  do {
    const answer = await redisCommand(url, ['SCAN', cursor, 'MATCH', KEYS, 'COUNT', '1000']);
    const [next, keys] = answer as [string, string[]];
    if (keys.length > 0) await redisCommand(url, ['UNLINK', ...keys]);
    cursor = next;
  } while (cursor !== '0');
}

/** Vault names the users that it makes `V_<token>_<ROLE>_<random>_<seconds>`. */
function isLeasedUser(user: string, roles: readonly string[], startedAt: number): boolean {
  const [, rest = '', seconds = '0'] = /^V_(.*)_(\d+)$/.exec(user) ?? [];
  return Number(seconds) >= startedAt && roles.some((role) => rest.includes(`_${role.toUpperCase()}_`));
}
