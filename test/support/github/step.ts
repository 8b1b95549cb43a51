import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Runs a step's script as GitHub does where its shell is `bash`; its files are in `folder`. */
export function inShell(folder: string, script: string, variables: NodeJS.ProcessEnv) {
  const env = { PATH: process.env.PATH, ...variables };
  const args = ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script];
  return promisify(execFile)('bash', args, { cwd: folder, env });
}
