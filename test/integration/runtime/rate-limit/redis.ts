import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { createClient } from 'redis';
import { findRedis } from '../../../../cli/src/engines/programs/redis';
import { LOOPBACK, onPort } from '../../../../cli/src/engines/process/ports';
import { Run } from '../../../../cli/src/engines/process/run';
import { pingRedis } from '../../../../cli/src/local/servers/redis';
import { Server } from '../../../../cli/src/local/servers/server';

/** A redis-server of a test's own, which the test may hurt. It keeps its port over restarts, not its data. */
export interface TestRedis {
  readonly port: number;
  readonly url: string;
  /** SIGKILL resolves when it is gone; SIGSTOP freezes it, SIGCONT lets it go on. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again, and waits until it answers. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the real server on a free port, without persistence and open to all, and waits until it answers. */
export async function startRedis(configuration: readonly string[] = []): Promise<TestRedis> {
  const run = await Run.open();
  const server = await startRedisIn(run, 'redis', configuration);
  return Object.assign(server, {
    stop: async () => {
      // A frozen server hears no SIGTERM.
      await server.kill('SIGCONT');
      await run.close();
    },
  });
}

/** One of several servers of a run. */
export async function startRedisIn(
  run: Run,
  name: string,
  configuration: readonly string[] = [],
): Promise<Server & { readonly port: number; readonly url: string }> {
  const binary = await findRedis({ run, note: () => undefined });
  const folder = await run.subfolder(name);
  const file = join(folder, 'redis.conf');
  return onPort(undefined, name, async (port) => {
    const url = `redis://${LOOPBACK}:${port}`;
    const lines = [`bind ${LOOPBACK}`, `port ${port}`, `dir ${folder}`, 'save ""', 'appendonly no'];
    await writeFile(file, [...lines, ...configuration, ''].join('\n'));
    const server = await Server.start(run, {
      process: { name, command: binary, args: [file], env: { PATH: process.env.PATH } },
      answers: () => pingRedis(url),
    });
    return Object.assign(server, { port, url });
  });
}

/** A connected node-redis client that keeps no command while there is no connection. */
export async function connect(url: string) {
  const client = createClient({ url, disableOfflineQueue: true, socket: { reconnectStrategy: 50 } });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/**
 * A Redis for the tests of one file or block, and a client connected to it: what it returns is called inside tests.
 *
 *     const { redis } = useTestRedis();
 *     test('counts', () => redis().incr('calls'));
 */
export function useTestRedis(): {
  readonly server: () => TestRedis;
  readonly redis: () => Awaited<ReturnType<typeof connect>>;
} {
  let server: TestRedis | undefined;
  let redis: Awaited<ReturnType<typeof connect>> | undefined;
  beforeAll(async () => {
    server = await startRedis();
    redis = await connect(server.url);
  });
  afterAll(async () => {
    redis?.destroy();
    await server?.stop();
  });
  return { server: () => server!, redis: () => redis! };
}
