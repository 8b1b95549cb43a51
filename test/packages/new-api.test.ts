/** The first door: a new API of a stranger's, from `npm create` to answers, by the packages as they are published. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cacheFolder } from '../../cli/src/engines/install/cache-folder';
import { until } from '../support/until';
import type { Outcome } from './consumer';
import { useMarket } from './market';

const market = useMarket();

/** The limit of the tier `free` in a minute. */
const FREE = 60;

/** A user of Redis is replaced after five sixths of this, so that the test sees it: 50 of 60 minutes as it comes. */
const CREDENTIAL_LIFE = '40s';

const CREATE = ['create', '--yes', 'portcullis@latest', 'orders-api', '--', '--yes'];

/** Engines cached: what somebody waits for, from the command to the first answer. */
const MOST_SECONDS = 600;

it('is created, tested, started, answers 401, 200 and 429, rotates under requests, is planned and upgraded', async () => {
  // The engines are there: a home of one's own is otherwise empty.
  const variables = { PORTCULLIS_CACHE: cacheFolder() };
  const consumer = await market().open({ variables });
  const api = consumer.inside('orders-api');
  const served = async (url: string, token?: string): Promise<Response> =>
    fetch(`${url}/orders`, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });
  const edit = async (name: string, from: RegExp, to: string): Promise<void> => {
    const before = await readFile(join(api.folder, name), 'utf8');
    const after = before.replace(from, to);
    expect(after).not.toBe(before);
    await api.write(name, after);
  };
  const { waited } = market();
  const { running, url } = await waited('npm create to a served request', MOST_SECONDS, async () => {
    const created = await waited('  npm create', MOST_SECONDS, () => consumer.execute('npm', CREATE));
    expect(created).toMatchObject({ code: 0 });
    await waited('  npm install', MOST_SECONDS, () => api.install([]));
    await edit(
      'policy.ts',
      /(?<=defaultTier: 'free',)/,
      `\n  lifetimes: { credential: '${CREDENTIAL_LIFE}' },`,
    );
    return waited('  npm start', MOST_SECONDS, async () => {
      const started = await api.start('npm', ['start']);
      const origin = await until(async () => {
        if (!started.running) return 'ended';
        return /http:\/\/127\.0\.0\.1:\d+(?=, after)/.exec(await readFile(started.log, 'utf8'))?.[0] ?? false;
      });
      expect([origin, await readFile(started.log, 'utf8')]).not.toContain('ended');
      await until(async () => (await served(origin)).status === 401);
      return { running: started, url: origin };
    });
  });

  const tokenOf = async (tier: string): Promise<string> => {
    const { code, output } = await api.execute('npx', ['portcullis', 'token', tier]);
    expect({ code, output }).toMatchObject({ code: 0 });
    return output.trim();
  };
  const pro = await tokenOf('pro');
  const answer = await served(url, pro);
  expect([answer.status, await answer.json()]).toEqual([200, []]);
  const user = async (): Promise<string | undefined> => {
    const { output } = await api.execute('npx', ['portcullis', 'secrets', 'status', '--json']);
    const { leases } = JSON.parse(output) as { leases: { role: string; user?: string }[] };
    return leases.find(({ role }) => role === 'redis-role')?.user;
  };
  const first = await user();
  const busy = keepAsking(async () => (await served(url, pro)).status);
  const free = await tokenOf('free');
  const statuses: number[] = [];
  for (let call = 0; call <= FREE; call += 1) statuses.push((await served(url, free)).status);
  expect(statuses).toEqual([...Array.from({ length: FREE }, () => 200), 429]);

  const plan = (): Promise<Outcome> => api.execute('npx', ['portcullis', 'plan', '-e', 'local']);
  expect(await plan()).toMatchObject({ code: 0, output: expect.stringContaining('no change') as string });
  await edit('stacks/vault-stack.ts', /'127\.0\.0\.0\/8'/, "'0.0.0.0/0'");
  expect(await plan()).toMatchObject({ code: 4, output: expect.stringContaining('0.0.0.0/0') as string });

  await edit('stacks/vault-stack.ts', /'0\.0\.0\.0\/0'/, "'127.0.0.0/8'");
  const upgrade = join(__dirname, '../tasks/upgrade.sh');
  const told = { PUBLISHED: 'true', VERSION: await market().registry.publishNext() };
  expect(await api.execute('bash', [upgrade], told)).toMatchObject({ code: 0 });

  expect(first).toBeDefined();
  await until(async () => ![first, undefined].includes(await user()), { everyMs: 500 });
  const asked = await busy.stop();
  expect(asked.length).toBeGreaterThan(100);
  expect(asked.filter((status) => status !== 200)).toEqual([]);

  running.signal('SIGTERM');
  await running.exited;
  expect(await api.execute('npx', ['portcullis', 'token', 'pro'])).toMatchObject({ code: 1 });
  // The second time there is something, and it stays.
  const again = await consumer.execute('npm', CREATE);
  expect(again).toMatchObject({ code: 1 });
  expect(await readdir(join(api.folder, 'stacks'))).toEqual(['main.ts', 'vault-stack.ts']);
});

/** Asks one question after the other, ten a second at most. */
function keepAsking<T>(question: () => Promise<T>): { stop(): Promise<readonly T[]> } {
  const answers: T[] = [];
  const over = new AbortController();
  const asking = (async (): Promise<void> => {
    while (!over.signal.aborted) {
      answers.push(await question());
      await delay(100);
    }
  })();
  return {
    stop: async () => {
      over.abort();
      await asking;
      return answers;
    },
  };
}
