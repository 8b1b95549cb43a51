import { EngineFinder } from '../../engines/engine-finder';
import type { Progress } from '../../engines/progress';
import { Run } from '../../engines/process/run';
import { VaultClient } from '../../engines/vault-client';
import { Deployment } from '../deploy';
import { giveBack } from './give-back';
import { addressOf } from './inspect';
import { refusal, type Obstacle } from './obstacle';
import type { GivenServers } from './options';
import { ChangeRecord, type Changes } from './record';

/**
 * Gives back what an earlier start could not: because a server was away, or because it was killed.
 * @throws PortcullisError `ERR_SETTING` when the servers that were changed are not the ones named, `ERR_GIVE_BACK`
 */
export async function finishGivingBack(id: string, given: GivenServers, progress: Progress): Promise<void> {
  const record = await ChangeRecord.open(id);
  const obstacles = missing(record.changes, given);
  if (obstacles.length > 0) {
    await record.keep();
    throw refusal('ERR_SETTING', obstacles);
  }
  const run = await Run.open();
  try {
    const destroy = given.vault && (await destroyer(run, record, given, progress));
    await progress.step('Giving your servers back', () =>
      giveBack({
        record,
        given,
        vault: given.vault && new VaultClient(given.vault.address, given.vault.token),
        destroy: destroy ?? (() => Promise.resolve()),
      }),
    );
  } finally {
    await run.close();
  }
}

async function destroyer(
  run: Run,
  { changes, stateFolder }: ChangeRecord,
  { vault, databaseUrl, redisUrl }: GivenServers,
  progress: Progress,
): Promise<() => Promise<void>> {
  const { hostname, port } = new URL(databaseUrl ?? 'postgres://127.0.0.1');
  const redis = new URL(redisUrl ?? 'redis://127.0.0.1');
  const deployment = new Deployment(run, {
    ...(await new EngineFinder(run, progress).deployer()),
    vault: { address: vault?.address ?? '', token: vault?.token ?? '' },
    postgres: { host: hostname, port: Number(port || 5_432), database: changes.database },
    redis: { host: redis.hostname, port: Number(redis.port || 6_379) },
    vaultUser: changes.vaultUser,
    stateFolder,
    statePassphrase: changes.statePassphrase,
  });
  return () => deployment.destroy();
}

/** The servers that were changed and are not named now, or are named where they were not. */
function missing(changes: Changes, { vault, databaseUrl, redisUrl }: GivenServers): Obstacle[] {
  const named: readonly (readonly [string, string | undefined, string | undefined])[] = [
    ['--vault-addr', changes.vault, vault?.address],
    ['--database-url', changes.postgres, databaseUrl],
    ['--redis-url', changes.redis, redisUrl],
  ];
  return named.flatMap(([flag, changed, given]) => {
    const received = given === undefined ? undefined : addressOf(given);
    if (received === changed) return [];
    const wanted = changed === undefined ? 'no such server was changed' : `${changed} was changed`;
    return [
      {
        problem: `${flag}: ${wanted}, received ${received ?? 'nothing'}`,
        remedy: changed === undefined ? 'leave it out' : `name ${changed}, or set its PORTCULLIS_ variable`,
      },
    ];
  });
}
