/** Production, as its task definition says: two tasks behind a front, and everything that they talk to. */
import { authentication } from '../../cli/src/journey/authentication';
import { limits } from '../../cli/src/journey/limits';
import type { World } from '../../cli/src/journey';
import { redisCommand } from '../../cli/src/local/servers/redis';
import { withClient } from '../../cli/src/local/postgres-admin';
import { prod } from '../../stacks/environments/prod';
import { describeInChromium, useChromium } from '../support/chromium';
import { withoutContainers } from '../support/containers/docker-programs';
import { describeUnless } from '../support/skipped';
import { until } from '../support/until';
import { Load } from './load';
import { logInAndOut, resolving } from './people';
import type { Task } from './task';
import { useSurroundings } from './use-surroundings';

const environment = prod();
const READ = '/api/transactions';

describeUnless(withoutContainers)('prod, in containers', () => {
  const surroundings = useSurroundings(environment);
  let tasks: Task[];
  beforeAll(async () => {
    const started = Array.from({ length: environment.aws.tasks.min }, () => surroundings().startTask());
    tasks = await Promise.all(started);
  });

  it('the app is nobody, can write nowhere, has no capability and the memory that the definition says', async () => {
    const [task] = tasks;
    const inside = (script: string): Promise<string> =>
      task?.run('sh', '-c', script) ?? Promise.reject(new Error('no task'));
    expect(await inside('id -u; id -g')).toBe('65532\n65532');
    await expect(inside('touch /app/x')).rejects.toThrow(/Read-only file system/);
    await expect(inside('touch /tmp/x')).rejects.toThrow(/Read-only file system/);
    expect(
      await inside('grep -h ^Cap /proc/1/status | sort -u | grep -v Cap.*:.0000000000000000 || true'),
    ).toBe('');
    const memory =
      'cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || true';
    expect(Number(await inside(memory))).toBe(environment.aws.tasks.memory * 1_048_576);
  });

  it('keeps idle connections longer than the load balancer, which would send a request into a closed one', async () => {
    const { headers } = await fetch(`${tasks[0]?.url ?? ''}/healthz`);
    const [, seconds] = /timeout=(\d+)/.exec(headers.get('keep-alive') ?? '') ?? [];
    expect(Number(seconds)).toBeGreaterThan(surroundings().balancerIdleSeconds);
  });

  it('what asks whether it is alive, inside of it, hears yes', async () => {
    for (const task of tasks) await until(async () => (await task.state('Health.Status')) === 'healthy');
  });

  describe('the journey', () => {
    it.each(authentication)('$title', async (step) => {
      await step.walk(world());
    });

    it('limits: 429 beyond them, a price by route, one budget for each organisation', async () => {
      // The limiter gives Redis 50 ms, which a machine with other work may not: then it decides without.
      for (let tries = 1; ; tries += 1) {
        await wholeLimits();
        const failure = await failureOf(async () => {
          for (const step of limits) await step.walk(world());
        });
        if (failure === undefined) return;
        if (tries === 5) throw failure;
        process.stderr.write(`tried again, after: ${failure.message}\n`);
      }
    });
  });

  describeInChromium('people', () => {
    const chromium = useChromium(resolving(environment));

    it('log in by code and PKCE, and out', async () => {
      expect(await logInAndOut(chromium(), surroundings().origin)).toContain('org-pro');
    });
  });

  it('every credential is replaced under load, and no request is lost', async () => {
    const before = await leasedUsers();
    const signIns = surroundings().storeSignIns();
    expect(before).toHaveLength(tasks.length);
    const load = await loaded();
    for (const task of tasks) await task.signal('SIGUSR2');
    await until(async () => (await leasedUsers()).every((user) => !before.includes(user)));
    await until(() => surroundings().storeSignIns() > signIns);
    const replaced = performance.now();
    await until(() => load.statuses(replaced).length > 50);
    await load.end();
    expect(load.statuses().filter((status) => status !== 200)).toEqual([]);
    expect(await leasedUsers()).toHaveLength(tasks.length);
  });

  it('asked to stop in the middle of requests, a task answers them, gives back what it leased and exits with 0', async () => {
    const [task, ...others] = tasks;
    if (task === undefined) throw new Error('no task');
    const token = await surroundings().token('enterprise');
    const ask = (): Promise<number> =>
      fetch(`${task.url}${READ}`, { headers: { authorization: `Bearer ${token}` } }).then(
        ({ status }) => status,
      );
    let stopping: ReturnType<Task['stop']> | undefined;
    const answers: Promise<number>[] = [];
    await withClient(surroundings().databaseUrl, async (query) => {
      await query('begin');
      await query('lock table fintech.transactions in access exclusive mode');
      answers.push(...Array.from({ length: 5 }, ask));
      await until(async () => (await waitingQueries()) === 5);
      surroundings().balancer.remove(task);
      stopping = task.stop();
      await until(async () => (await task.log()).includes('"stopping"'));
      await query('rollback');
    });
    expect(await Promise.all(answers)).toEqual([200, 200, 200, 200, 200]);
    const { code, seconds } = (await stopping) ?? { code: -1, seconds: Infinity };
    expect(code).toBe(0);
    expect(seconds).toBeLessThan(task.stopSeconds);
    expect(await leasedUsers()).toHaveLength(others.length);
    tasks = others;
  });

  it('killed under load, a task takes nothing with it but what it was answering', async () => {
    tasks.push(await surroundings().startTask());
    const [task, ...others] = tasks;
    if (task === undefined) throw new Error('no task');
    const load = await loaded();
    await task.signal('SIGKILL');
    surroundings().balancer.remove(task);
    const removed = performance.now();
    await until(() => load.statuses(removed).length > 100);
    await load.end();
    expect(load.statuses(removed).filter((status) => status !== 200)).toEqual([]);
    // What was on its way to the killed one is lost, as it is to a load balancer.
    expect(load.statuses().filter((status) => ![0, 200, 502].includes(status))).toEqual([]);
    expect(await task.state('ExitCode')).toBe('137');
    for (const other of others) expect(await other.isReady()).toBe(true);
    tasks = others;
  });

  it('no log of a task has a token, a password or a key in it', async () => {
    const token = await surroundings().token('enterprise');
    for (const task of tasks) {
      const log = await task.log();
      expect(log).not.toContain(token.split('.')[1]);
      expect(log).not.toMatch(/eyJ[\w-]{10,}\.|\b(hvs|s)\.[A-Za-z0-9]{24}|X-Amz-Signature/);
    }
  });

  /** Load that has begun. */
  async function loaded(): Promise<Load> {
    const load = new Load(`${surroundings().plainUrl}${READ}`, await surroundings().token('enterprise'));
    await until(() => load.statuses().length > 20);
    return load;
  }

  /** Nobody has spent anything, and every task knows: it remembers a denial for a second, and an outage until it ends. */
  async function wholeLimits(): Promise<void> {
    const headers = { authorization: `Bearer ${await surroundings().token('free-two')}` };
    const flush = (): Promise<unknown> => redisCommand(surroundings().redisUrl, ['FLUSHALL']);
    await until(async () => {
      await flush();
      const asked = tasks.flatMap(({ url }) => [fetch(`${url}${READ}`, { headers }), fetch(`${url}/readyz`)]);
      const answers = await Promise.all(asked);
      const texts = await Promise.all(answers.map((answer) => answer.text()));
      return answers.every(({ ok }) => ok) && !texts.join('').includes('"redis":"degraded"');
    });
    await flush();
  }

  const waitingQueries = (): Promise<number> =>
    withClient(surroundings().databaseUrl, async (query) => {
      const [row] = await query<{ waiting: number }>(
        `select count(*)::int as waiting from pg_stat_activity where usename like 'v-%' and wait_event_type = 'Lock'`,
      );
      return row?.waiting ?? 0;
    });

  const leasedUsers = (): Promise<string[]> =>
    withClient(surroundings().databaseUrl, async (query) =>
      (await query<{ name: string }>(`select rolname as name from pg_roles where rolname like 'v-%'`)).map(
        ({ name }) => name,
      ),
    );

  const world = (): World => ({
    api: surroundings().plainUrl,
    token: surroundings().token,
    withPostgres: (use) => withClient(surroundings().databaseUrl, use),
    redis: (...command) => redisCommand(surroundings().redisUrl, command),
    rotate: () => undefined,
    stopApi: () => Promise.resolve(),
    pendingChanges: () => Promise.resolve([]),
  });
});

const failureOf = (work: () => Promise<void>): Promise<Error | undefined> =>
  work().then(
    () => undefined,
    (error: unknown) => error as Error,
  );
