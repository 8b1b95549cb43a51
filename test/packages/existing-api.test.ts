/** The second door: an Express API of a stranger's, from `init` to a protected answer, by the packages as they are published. */
import { readFile } from 'node:fs/promises';
import { cacheFolder } from '../../cli/src/engines/install/cache-folder';
import { until } from '../support/until';
import { useMarket } from './market';

const market = useMarket();

const MANIFEST = {
  ...{ name: 'orders-api', version: '1.0.0', private: true },
  ...{ scripts: { start: 'node server.js' }, dependencies: { express: '^5.0.0' } },
};

const server = (first: string, before: string): string => `const express = require('express');
${first}
async function main() {
  const app = express();
  ${before}
  app.get('/orders/:id', (req, res) => void res.json({ id: req.params.id, of: req.auth?.organisation }));
  app.listen(process.env.PORT || 8081, '127.0.0.1');
}
main();
`;

it('is protected after init, an install and two lines', async () => {
  // The engines are there: a home of one's own is otherwise empty.
  const consumer = await market().open({ variables: { PORTCULLIS_CACHE: cacheFolder() } });
  await consumer.write('package.json', JSON.stringify(MANIFEST, null, 2));
  await consumer.write('server.js', server('', ''));

  const written = await consumer.execute('npx', ['--yes', '@portcullis/cli', 'init', '--yes']);
  expect(written).toMatchObject({ code: 0 });
  expect(written.output).toContain('express, started by server.js, port 8081, npm; 1 route found');
  await consumer.install([]);
  await consumer.write(
    'server.js',
    server("const { protect } = require('./protect');", 'await protect(app);'),
  );

  const command = 'node_modules/@portcullis/cli/dist/bin.js';
  const running = await consumer.start(process.execPath, [command, 'start', '--', 'node', 'server.js']);
  const said = (): Promise<string> => readFile(running.log, 'utf8');
  const url = await until(async () => {
    if (!running.running) return 'ended';
    return /http:\/\/127\.0\.0\.1:\d+(?=, after)/.exec(await said())?.[0] ?? false;
  });
  expect([url, await said()]).not.toContain('ended');
  const ask = (token?: string): Promise<Response> =>
    fetch(`${url}/orders/7`, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });
  await until(async () => (await ask()).status === 401);

  const { code, output } = await consumer.execute('npx', ['portcullis', 'token', 'pro']);
  expect({ code, output }).toMatchObject({ code: 0 });
  const answer = await ask(output.trim());
  expect([answer.status, await answer.json()]).toEqual([200, { id: '7', of: 'org-pro' }]);
  const status = await consumer.execute('npx', ['portcullis', 'secrets', 'status']);
  expect(status).toMatchObject({ code: 0, output: expect.stringMatching(/redis-role .*serving/) as string });

  running.signal('SIGTERM');
  await running.exited;
  const gone = await consumer.execute('npx', ['portcullis', 'token', 'pro']);
  expect(gone).toMatchObject({ code: 1 });
});
