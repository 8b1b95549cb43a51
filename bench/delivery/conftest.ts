/** Conftest, on the plan that our judge gets, with three of its rules in Rego (`rego/plan.rego`). */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from '../../cli/src/errors';
import { EngineCache } from '../../cli/src/engines/install/cache';
import type { Run } from '../../cli/src/engines/process/run';
import { findConftest } from '../../test/support/programs/conftest';

/** The command that judges the plan in a file; undefined where conftest cannot be had, which is said. */
export async function conftestOn(run: Run, plan: string): Promise<readonly string[] | undefined> {
  const note = (text: string): void => {
    console.error(`conftest: ${text}`);
  };
  try {
    const conftest = await findConftest({ run, cache: new EngineCache(), note });
    // What it finds is no failure of the measurement.
    return [
      conftest,
      ...['test', '--no-fail', '--parser', 'json', '--output', 'json'],
      ...['--policy', join(__dirname, 'rego'), plan],
    ];
  } catch (error) {
    note(`left out: ${messageOf(error)}`);
    return undefined;
  }
}

/** The addresses that its rules deny. */
export async function deniedBy([command = '', ...args]: readonly string[]): Promise<string[]> {
  const { stdout } = await promisify(execFile)(command, args, { maxBuffer: 64 * 1024 * 1024 });
  const files = JSON.parse(stdout) as { readonly failures?: readonly { readonly msg: string }[] }[];
  return files.flatMap(({ failures = [] }) => failures.map(({ msg }) => msg));
}
