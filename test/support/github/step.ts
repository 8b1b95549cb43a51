import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PORTCULLIS } from '../../../constructs/src/github/workflow/repository-tools';

/**
 * Runs a step's script as GitHub does where its shell is `bash`; its files are in `folder`. The command is `portcullis`, as no
 * repository's tools were put in its place.
 */
export function inShell(folder: string, script: string, variables: NodeJS.ProcessEnv) {
  const env = { PATH: process.env.PATH, ...variables };
  const args = [
    '--noprofile',
    '--norc',
    '-eo',
    'pipefail',
    '-c',
    script.replaceAll(PORTCULLIS, 'portcullis'),
  ];
  return promisify(execFile)('bash', args, { cwd: folder, env });
}
