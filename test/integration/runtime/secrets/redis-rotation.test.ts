import { ioredis, nodeRedis, type RotatingRedis } from '@portcullis/runtime';
import { Redis } from 'ioredis';
import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from 'redis';
import { poll } from '../../../../cli/src/engines/process/poll';
import { useShortLeases } from './short-leases';

const HOUR_SECONDS = 3_600;
const ROTATIONS = 30;
const COMMANDS = 100_000;
const IN_FLIGHT = 100;
/** Nothing is measured by it: a run that hangs ends. */
const HUNG_MS = 600_000;

const leases = useShortLeases();

/** Redis itself: publishes, pushes, and tells which users there are. */
async function administrator() {
  const client = createClient({ url: leases().redis.adminUrl });
  // Without a listener the end of the server, after a test that failed, would be an uncaught error.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Numbers from 1 up to the one that was reached; `undefined` marks nothing received. */
const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

/** One service's work on one library: commands, a blocking consumer, a subscriber; all that it saw. */
class Work {
  done = 0;
  readonly failures: unknown[] = [];
  readonly jobs: number[] = [];
  readonly messages: number[] = [];

  constructor(
    readonly name: string,
    private readonly redis: RotatingRedis,
  ) {}

  /** A failure ends the work: what comes after it would only hide it. */
  async countWhile(working: () => boolean): Promise<void> {
    while (working() && this.failures.length === 0) {
      try {
        await this.redis.sendCommand(['INCR', `test:${this.name}`]);
        this.done += 1;
      } catch (error) {
        this.failures.push(error);
      }
    }
  }

  /** Takes jobs, with a time-out that no wait between two of them reaches; at the end, until there are no more. */
  async consumeWhile(working: () => boolean): Promise<void> {
    while (this.failures.length === 0) {
      try {
        const job = (await this.redis.sendCommand(['BLPOP', `jobs:${this.name}`, '1'])) as string[] | null;
        if (job) this.jobs.push(Number(job[1]));
        else if (!working()) return;
      } catch (error) {
        this.failures.push(error);
      }
    }
  }
}

test(
  `${ROTATIONS} rotations lose no command, no job and no message, and repeat none, with either library`,
  async () => {
    await leases().leaseFor(HOUR_SECONDS);
    const { secrets, events } = await leases().connect();
    const admin = await administrator();
    try {
      const { host, port } = leases().redis;
      const node = secrets.redisClient('cache', { host, port, driver: nodeRedis() });
      const io = secrets.redisClient('cache', { host, port, driver: ioredis(Redis) });
      const works = [new Work('node', node), new Work('io', io)] as const;

      const nodeSubscriber = await node.duplicate();
      await nodeSubscriber.subscribe('test:news', (message) => works[0].messages.push(Number(message)));
      const ioSubscriber = await io.duplicate();
      ioSubscriber.on('message', (_channel, message) => works[1].messages.push(Number(message)));
      await ioSubscriber.subscribe('test:news');

      let over = false;
      let sent = 0;
      const working = (): boolean => !over;
      const done = (): number => works[0].done + works[1].done;
      const failed = (): boolean => works.some(({ failures }) => failures.length > 0);
      const produce = async (): Promise<void> => {
        while (working()) {
          sent += 1;
          const job = String(sent);
          await Promise.all([
            admin.rPush('jobs:node', job),
            admin.rPush('jobs:io', job),
            admin.publish('test:news', job),
          ]);
          await pause(2);
        }
      };
      const load = works.flatMap((work) => [
        ...Array.from({ length: IN_FLIGHT }, () => work.countWhile(working)),
        work.consumeWhile(working),
      ]);
      load.push(produce());
      try {
        for (let rotation = 0; rotation < ROTATIONS && !failed(); rotation += 1) await secrets.rotate();
        while (done() < COMMANDS && !failed()) await pause(10);
      } finally {
        over = true;
        await Promise.all(load);
      }

      const rotations = events.filter((event) => event.type === 'credential_rotated' && event.previousUser);
      process.stdout.write(
        `${done()} commands, ${sent} jobs and messages to each, ${rotations.length} rotations\n`,
      );
      for (const { name, done: counted, failures, jobs, messages } of works) {
        expect(failures).toEqual([]);
        expect(await admin.get(`test:${name}`)).toBe(String(counted));
        expect(jobs).toEqual(upTo(sent));
        const allCame = (): Promise<void> =>
          messages.length < sent ? Promise.reject(new Error('messages are missing')) : Promise.resolve();
        await poll(allCame, { timeoutMs: 30_000 });
        expect(messages).toEqual(upTo(sent));
      }
      expect(rotations).toHaveLength(2 * ROTATIONS);
      expect(events.filter(({ type }) => type.endsWith('failed') || type.endsWith('expired'))).toEqual([]);
      await secrets.close();
      expect((await admin.aclUsers()).sort()).toEqual(['admin', 'default', 'vault', 'vault_admin']);
    } finally {
      await secrets.close();
      admin.destroy();
    }
  },
  HUNG_MS,
);
