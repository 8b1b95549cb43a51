import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { runApp } from '../../../../cli/src/app-start/run-app';
import { isAlive } from '../../../support/is-alive';
import { until } from '../../../support/until';

const warden = { watch: () => undefined, forget: () => undefined };

const run = (code: string, signal = new AbortController().signal): Promise<number> =>
  runApp({ command: process.execPath, args: ['-e', code], env: process.env, signal, warden });

it.each([
  ['its exit code', 'process.exit(7)', 7],
  ['as a shell has it where a signal ended it', 'process.kill(process.pid, "SIGKILL")', 137],
])('gives %s', async (_, code, expected) => {
  await expect(run(code)).resolves.toBe(expected);
});

it('asks the app to end', async () => {
  const stopping = new AbortController();
  const ended = run('setInterval(() => 0, 1e6)', stopping.signal);
  stopping.abort('SIGTERM');
  await expect(ended).resolves.toBe(143);
});

it('says what cannot be run', async () => {
  const missing = runApp({
    command: './no-such-app',
    args: [],
    env: {},
    signal: new AbortController().signal,
    warden,
  });
  await expect(missing).rejects.toMatchObject({
    code: 'ERR_SETTING',
    message: expect.stringContaining('"./no-such-app" cannot be run') as string,
  });
});

it('leaves no app behind when it is killed with SIGKILL', async () => {
  const parent = fork(join(__dirname, '../../../support/doomed-app.ts'), [], {
    execArgv: ['--import', require.resolve('tsx')],
  });
  const [app] = (await once(parent, 'message')) as [number];
  expect(isAlive(app)).toBe(true);
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  await until(() => !isAlive(app));
});
