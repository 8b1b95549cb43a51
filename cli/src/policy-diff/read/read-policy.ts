import { fork } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';
import type { Policy } from '@portcullis/runtime/policy';
import { PortcullisError } from '../../errors';
import { recordSchema } from '../../plan/rules/api/record';
import { definedBy } from './defined-by';
import { typed } from '../../terminal/command-name';

const answerSchema = z.union([
  z.object({ policy: recordSchema }),
  z.object({ failure: z.object({ code: z.string().optional(), problem: z.string(), remedy: z.string() }) }),
]);

/**
 * The policy of a config, read by a process of its own.
 *
 * @param of whose it is, for errors: `the policy of origin/main`
 * @param config the file; missing: the nearest one
 * @throws PortcullisError `ERR_CONFIG` or `ERR_CONFIG_MISSING` with what is wrong in the config
 */
export async function readPolicy(of: string, folder: string, config: string | undefined): Promise<Policy> {
  const child = fork(join(__dirname, 'policy-process.mjs'), [], {
    cwd: folder,
    // What the config prints is no result of ours.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
  });
  const answered = new Promise<unknown>((resolve, reject) => {
    child.once('message', resolve);
    child.once('error', reject);
    child.once('exit', () => resolve(undefined));
  });
  child.send({ loader: require.resolve('../../config/load-config'), config });
  const answer = answerSchema.safeParse(await answered);
  child.kill();
  if (!answer.success)
    throw new PortcullisError(
      'ERR_CONFIG',
      `${of} cannot be read: its config ended without saying it`,
      `run another command with that config, such as \`${typed('doctor')}\`: it says what happens`,
    );
  if ('failure' in answer.data) {
    const { code, problem, remedy } = answer.data.failure;
    const known = code === 'ERR_CONFIG_MISSING' ? code : 'ERR_CONFIG';
    throw new PortcullisError(known, `${of} cannot be read: ${problem}`, remedy);
  }
  return definedBy(answer.data.policy);
}
