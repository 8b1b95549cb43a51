import { readFile } from 'node:fs/promises';
import { EngineCache } from '../../cli/src/engines/install/cache';
import { useRun } from '../support/engines';
import { startExampleApi } from '../support/example-api';
import { findPythonProgram } from '../support/programs';

const run = useRun();

it('the example API does what its OpenAPI document says, whatever Schemathesis sends', async () => {
  const context = { run: run(), cache: new EngineCache(), note: () => undefined };
  const { command, args, env } = await findPythonProgram('schemathesis', context);
  const api = await startExampleApi(run());
  const tested = await run().spawn({
    name: 'schemathesis',
    command,
    args: [
      ...[...args, 'run', `${api.url}/openapi.json`, '--header', `Authorization: Bearer ${api.token}`],
      // A method that the policy does not list is denied with 403, before anybody asks which there are.
      ...['--checks', 'all', '--exclude-checks', 'unsupported_method', '--continue-on-failure'],
      ...['--max-time', '60', '--no-color'],
    ],
    env,
    cwd: await run().subfolder('schemathesis'),
  });
  const { code } = await tested.exited;
  const said = (await readFile(tested.log, 'utf8')).replaceAll(api.token, '…');
  // In words first: what Schemathesis found.
  expect(code === 0 ? '' : said).toBe('');
  expect(said).toMatch(/\d{3,} generated/);
  await api.process.stop();
});
