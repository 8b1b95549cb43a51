import { runApp } from '../../../../cli/src/app-start/run-app';

const run = (code: string, signal = new AbortController().signal): Promise<number> =>
  runApp({ command: process.execPath, args: ['-e', code], env: process.env, signal });

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
  });
  await expect(missing).rejects.toMatchObject({
    code: 'ERR_SETTING',
    message: expect.stringContaining('"./no-such-app" cannot be run') as string,
  });
});
