import type { Command } from 'commander';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { prepareEdgeEngines, prepareEngines } from '../../../test/support/prepare-engines';
import { showProgress } from '../progress';

export function register(program: Command): void {
  program
    .command('test')
    .description('passes every test; arguments go to jest, as in: npm test -- --selectProjects unit')
    .argument('[jest...]')
    .allowUnknownOption()
    .helpOption(false)
    .action((jestArguments: string[]) => runTests(prepareEngines, jestArguments));

  program
    .command('test:edge')
    .description(
      'applies the AWS stacks of an environment to a server that speaks AWS, with the real provider, and reads back what is there. Where no provider registry answers, the provider is built once: about 20 minutes on two cores, 10 GB of disk meanwhile',
    )
    .argument('[jest...]', 'for jest, as in: npm run test:edge -- -t "rate-limit store"')
    .allowUnknownOption()
    .action((jestArguments: string[]) =>
      runTests(prepareEdgeEngines, ['--config', 'test/edge/jest.config.js', ...jestArguments]),
    );
}

/** Engines first: a build of minutes inside a test would look like a hang. */
async function runTests(prepare: typeof prepareEngines, jestArguments: string[]): Promise<void> {
  await prepare(showProgress(process.stderr));
  const jest = spawn(process.execPath, [require.resolve('jest/bin/jest'), ...jestArguments], {
    stdio: 'inherit',
  });
  const [code] = (await once(jest, 'exit')) as [number | null];
  process.exitCode = code ?? 1;
}
