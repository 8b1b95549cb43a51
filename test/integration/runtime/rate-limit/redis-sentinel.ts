/** A master, its replica, and a sentinel that makes the replica the master once the master is gone. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis as IoRedis } from 'ioredis';
import { createSentinel } from 'redis';
import { Run } from '../../../../cli/src/engines/process/run';
import { LOOPBACK, onPort } from '../../../../cli/src/engines/process/ports';
import { findRedis } from '../../../../cli/src/engines/programs/redis';
import { pingRedis, redisCommand } from '../../../../cli/src/local/servers/redis';
import { Server } from '../../../../cli/src/local/servers/server';
import { until } from '../../../support/until';
import { startRedisIn } from './redis';

const NAME = 'limits';

export interface TestSentinel {
  readonly port: number;
  killMaster(): Promise<void>;
  stop(): Promise<void>;
}

/** @param goneMs how long the master may be silent. */
export async function startSentinel(goneMs: number): Promise<TestSentinel> {
  const run = await Run.open();
  const master = await startRedisIn(run, 'master');
  const replica = await startRedisIn(run, 'replica', [`replicaof ${LOOPBACK} ${master.port}`]);
  await until(async () =>
    expect(await redisCommand(replica.url, ['INFO', 'replication'])).toContain('master_link_status:up'),
  );
  const sentinel = await startWatching(run, [
    `sentinel monitor ${NAME} ${LOOPBACK} ${master.port} 1`,
    `sentinel down-after-milliseconds ${NAME} ${goneMs}`,
    `sentinel failover-timeout ${NAME} 2000`,
  ]);
  // It learns of the replica from the master.
  await until(async () =>
    expect(await redisCommand(sentinel.url, ['INFO', 'sentinel'])).toContain('slaves=1'),
  );
  return {
    port: sentinel.port,
    killMaster: () => master.kill('SIGKILL'),
    stop: () => run.close(),
  };
}

/** A sentinel is a Redis started in another way; it writes what it learns into its configuration. */
async function startWatching(run: Run, lines: readonly string[]): Promise<{ port: number; url: string }> {
  const command = await findRedis({ run, note: () => undefined });
  const folder = await run.subfolder('sentinel');
  const file = join(folder, 'sentinel.conf');
  return onPort(undefined, 'sentinel', async (port) => {
    const url = `redis://${LOOPBACK}:${port}`;
    await writeFile(file, [`bind ${LOOPBACK}`, `port ${port}`, `dir ${folder}`, ...lines, ''].join('\n'));
    await Server.start(run, {
      process: { name: 'sentinel', command, args: [file, '--sentinel'], env: { PATH: process.env.PATH } },
      answers: () => pingRedis(url),
    });
    return { port, url };
  });
}

export async function nodeRedisSentinel({ port }: TestSentinel) {
  const client = createSentinel({
    name: NAME,
    sentinelRootNodes: [{ host: LOOPBACK, port }],
    maxCommandRediscovers: 0,
    scanInterval: 100,
  });
  client.on('error', () => undefined);
  await client.connect();
  return { client, end: () => client.destroy() };
}

export async function ioRedisSentinel({ port }: TestSentinel) {
  const client = new IoRedis({
    sentinels: [{ host: LOOPBACK, port }],
    name: NAME,
    autoResendUnfulfilledCommands: false,
    retryStrategy: () => 50,
    sentinelRetryStrategy: () => 50,
  });
  client.on('error', () => undefined);
  await until(() => expect(client.status).toBe('ready'));
  return { client, end: () => client.disconnect() };
}
