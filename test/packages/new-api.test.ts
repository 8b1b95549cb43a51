/** The first door: a new API of a stranger's, from `npm create` to answers, by the packages as they are published. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../../cli/src/engines/install/cache-folder';
import { until } from '../support/until';
import { useMarket } from './market';

const market = useMarket();

/** The limit of the tier `free` in a minute. */
const FREE = 60;

const CREATE = ['create', '--yes', 'portcullis@latest', 'orders-api', '--', '--yes'];

/** Engines cached: what somebody waits for, from the command to the first answer. */
const MOST_SECONDS = 600;

it('is created, tested, started, and answers 401, 200 and 429', async () => {
  // The engines are there: a home of one's own is otherwise empty.
  const variables = { PORTCULLIS_CACHE: cacheFolder() };
  const consumer = await market().open({ variables });
  const api = consumer.inside('orders-api');
  const served = async (url: string, token?: string): Promise<Response> =>
    fetch(`${url}/orders`, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });
  const { waited } = market();
  const { running, url } = await waited('npm create to a served request', MOST_SECONDS, async () => {
    const created = await waited('  npm create', MOST_SECONDS, () => consumer.execute('npm', CREATE));
    expect(created).toMatchObject({ code: 0 });
    await waited('  npm install', MOST_SECONDS, () => api.install([]));
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
  const answer = await served(url, await tokenOf('pro'));
  expect([answer.status, await answer.json()]).toEqual([200, []]);
  const free = await tokenOf('free');
  const statuses: number[] = [];
  for (let call = 0; call <= FREE; call += 1) statuses.push((await served(url, free)).status);
  expect(statuses).toEqual([...Array.from({ length: FREE }, () => 200), 429]);

  expect(await api.execute('npm', ['test'])).toMatchObject({ code: 0 });
  expect(await api.execute('npm', ['run', 'typecheck'])).toMatchObject({ code: 0 });
  running.signal('SIGTERM');
  await running.exited;
  expect(await api.execute('npx', ['portcullis', 'token', 'pro'])).toMatchObject({ code: 1 });
  // The second time there is something, and it stays.
  const again = await consumer.execute('npm', CREATE);
  expect(again).toMatchObject({ code: 1 });
  expect(await readdir(join(api.folder, 'stacks'))).toEqual(['main.ts', 'vault-stack.ts']);
});
