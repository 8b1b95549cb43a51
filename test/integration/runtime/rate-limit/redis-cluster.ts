import { Redis as IoRedis } from 'ioredis';
import { createCluster } from 'redis';
import { redisCommand } from '../../../../cli/src/local/servers/redis';
import { LOOPBACK } from '../../../../cli/src/engines/process/ports';
import { until } from '../../../support/until';
import { Run } from '../../../../cli/src/engines/process/run';
import { SLOTS } from '../../../../runtime/src/redis/slots';
import { startRedisIn } from './redis';

type Node = Awaited<ReturnType<typeof startRedisIn>>;

/** A real Redis Cluster: three masters that share the slots, and a replica of the first. */
export interface TestCluster {
  readonly masters: readonly [Node, Node, Node];
  readonly replica: Node;
  /** Resolves when the replica has become a master. */
  failedOver(): Promise<void>;
  stop(): Promise<void>;
}

/** @param nodeTimeoutMs how long a node must be silent until its peers call it dead. */
export async function startCluster(nodeTimeoutMs: number): Promise<TestCluster> {
  const run = await Run.open();
  const start = (name: string) =>
    startRedisIn(run, name, [
      'cluster-enabled yes',
      `cluster-node-timeout ${nodeTimeoutMs}`,
      'cluster-config-file nodes.conf',
      'cluster-port 0',
      // The other shards serve on while one has no master.
      'cluster-require-full-coverage no',
      'repl-diskless-sync-delay 0',
    ]);
  const [one, two, three, replica] = await Promise.all(['one', 'two', 'three', 'replica'].map(start));
  if (!one || !two || !three || !replica) throw new Error('four servers were started');
  const masters = [one, two, three] as const;

  const share = Math.ceil(SLOTS / masters.length);
  for (const [index, { url }] of masters.entries()) {
    const first = index * share;
    await redisCommand(url, [
      'CLUSTER',
      'ADDSLOTSRANGE',
      String(first),
      String(Math.min(first + share, SLOTS) - 1),
    ]);
    // Without it two masters may claim one epoch, and settle that later, while a test runs.
    await redisCommand(url, ['CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1)]);
  }
  for (const { port } of [two, three, replica])
    await redisCommand(one.url, ['CLUSTER', 'MEET', LOOPBACK, String(port)]);
  const id = String(await redisCommand(one.url, ['CLUSTER', 'MYID']));
  // It has to meet its master first.
  await until(() => redisCommand(replica.url, ['CLUSTER', 'REPLICATE', id]));

  const says = (node: Node, command: string[], word: string): Promise<void> =>
    until(
      async () => {
        const answer = String(await redisCommand(node.url, command));
        if (!answer.includes(word)) throw new Error(answer);
      },
      { everyMs: 50 },
    );
  for (const node of [...masters, replica]) await says(node, ['CLUSTER', 'INFO'], 'cluster_slots_ok:16384');
  for (const node of masters) await says(node, ['CLUSTER', 'INFO'], 'cluster_state:ok');
  await says(replica, ['INFO', 'replication'], 'master_link_status:up');
  return {
    masters,
    replica,
    failedOver: () => says(replica, ['INFO', 'replication'], 'role:master'),
    stop: async () => {
      for (const node of [...masters, replica]) await node.kill('SIGCONT');
      await run.close();
    },
  };
}

/** A connected cluster client of node-redis that keeps no command for a node that is away. */
export async function nodeRedisCluster({ masters }: TestCluster) {
  const cluster = createCluster({
    rootNodes: masters.map(({ url }) => ({ url })),
    defaults: { disableOfflineQueue: true, socket: { reconnectStrategy: 50 } },
    // By default it looks for the slots of a dead master after five seconds only.
    topologyRefreshOnReconnectionAttemptStrategy: 250,
  });
  cluster.on('error', () => undefined);
  await cluster.connect();
  return { client: cluster, end: () => cluster.destroy() };
}

/** A connected cluster client of ioredis that sends no command again. */
export async function ioRedisCluster({ masters }: TestCluster) {
  const cluster = new IoRedis.Cluster(
    masters.map(({ port }) => ({ host: LOOPBACK, port })),
    { retryDelayOnFailover: 0, lazyConnect: true, slotsRefreshTimeout: 500 },
  );
  cluster.on('error', () => undefined);
  await cluster.connect();
  return { client: cluster, end: () => cluster.disconnect() };
}
