import { ioredis, nodeRedis, type RotatingRedis } from '@portcullis/runtime';
import { Redis } from 'ioredis';
import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from 'redis';
import { poll } from '../../../../cli/src/engines/process/poll';
import { useShortLeases } from './short-leases';

// Bounds of real time on a machine that others use too: what is tried again says why it failed.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

const TTL_SECONDS = 2;
const ROTATIONS = 30;
const COMMANDS = 100_000;
const IN_FLIGHT = 100;

const leases = useShortLeases();

/** Redis itself: publishes, pushes, and tells which users there are. */
async function administrator() {
  const client = createClient({ url: leases().redis.adminUrl });
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

  async countWhile(working: () => boolean): Promise<void> {
    while (working()) {
      try {
        await this.redis.sendCommand(['INCR', `test:${this.name}`]);
        this.done += 1;
      } catch (error) {
        this.failures.push(error);
      }
    }
  }

  /** Takes jobs with a time-out that never comes to an end by itself between two of them. */
  async consumeWhile(working: () => boolean): Promise<void> {
    while (working()) {
      try {
        const job = (await this.redis.sendCommand(['BLPOP', `jobs:${this.name}`, '1'])) as string[] | null;
        if (job) this.jobs.push(Number(job[1]));
      } catch (error) {
        this.failures.push(error);
      }
    }
  }
}

test(`${ROTATIONS} rotations lose no command, no job and no message, and repeat none, with either library`, async () => {
  await leases().leaseFor(TTL_SECONDS);
  const { secrets, events } = await leases().connect({ rotateShare: 0.5 });
  const { host, port } = leases().redis;
  const node = secrets.redisClient('cache', { host, port, driver: nodeRedis() });
  const io = secrets.redisClient('cache', { host, port, driver: ioredis(Redis) });
  const works = [new Work('node', node), new Work('io', io)] as const;

  const nodeSubscriber = await node.duplicate();
  await nodeSubscriber.subscribe('test:news', (message) => works[0].messages.push(Number(message)));
  const ioSubscriber = await io.duplicate();
  ioSubscriber.on('message', (_channel, message) => works[1].messages.push(Number(message)));
  await ioSubscriber.subscribe('test:news');

  const admin = await administrator();
  const rotations = (): number =>
    events.filter((event) => event.type === 'credential_rotated' && event.previousUser).length;
  const done = (): number => works[0].done + works[1].done;
  const giveUpAt = performance.now() + 90_000;
  const working = (): boolean =>
    (done() < COMMANDS || rotations() < 2 * ROTATIONS) && performance.now() < giveUpAt;
  let sent = 0;
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
  const from = performance.now();
  const load = works.flatMap((work) => [
    ...Array.from({ length: IN_FLIGHT }, () => work.countWhile(working)),
    work.consumeWhile(() => working() || (work.jobs.length < sent && performance.now() < giveUpAt)),
  ]);
  await Promise.all([produce(), ...load]);
  const seconds = (performance.now() - from) / 1_000;

  process.stdout.write(
    `${done()} commands, ${sent} jobs and messages to each, ${rotations()} rotations in ${seconds.toFixed(1)} s\n`,
  );
  expect(done()).toBeGreaterThanOrEqual(COMMANDS);
  expect(rotations()).toBeGreaterThanOrEqual(2 * ROTATIONS);
  for (const { name, done: counted, failures, jobs, messages } of works) {
    expect(failures).toEqual([]);
    expect(await admin.get(`test:${name}`)).toBe(String(counted));
    expect(jobs).toEqual(upTo(sent));
    await poll(
      () => (messages.length === sent ? Promise.resolve() : Promise.reject(new Error('not all came'))),
      { timeoutMs: 2_000 },
    );
    expect(messages).toEqual(upTo(sent));
  }
  expect(events.filter(({ type }) => type.endsWith('failed') || type.endsWith('expired'))).toEqual([]);
  await secrets.close();
  expect((await admin.aclUsers()).sort()).toEqual(['admin', 'default', 'vault', 'vault_admin']);
  admin.destroy();
}, 120_000);
