import type { Command } from 'commander';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { prepareEngines } from '../../../local/environment';
import { showProgress } from '../progress';

export function register(program: Command): void {
  program
    .command('test')
    .description('passes every test; arguments go to jest, as in: npm test -- --selectProjects unit')
    .argument('[jest...]')
    .allowUnknownOption()
    .helpOption(false)
    .action(runTests);
}

/** Engines first: a build of minutes inside a test would look like a hang. */
async function runTests(jestArguments: string[]): Promise<void> {
  await prepareEngines(showProgress(process.stderr));
  const jest = spawn(process.execPath, [require.resolve('jest/bin/jest'), ...jestArguments], {
    stdio: 'inherit',
  });
  const [code] = (await once(jest, 'exit')) as [number | null];
  process.exitCode = code ?? 1;
}
