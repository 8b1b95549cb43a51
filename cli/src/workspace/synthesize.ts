import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Run } from '../engines/process/run';
import type { App } from './find-app';

/** The names of the synthesized stacks, in the order in which they depend on each other. */
export type StackNames = readonly string[];

/**
 * Runs an app in its own folder, as `cdktf synth` does.
 *
 * @param output folder that the stacks are written to
 * @throws PortcullisError `ERR_SYNTH` with what the app said.
 */
export async function synthesize(
  run: Run,
  { command, folder }: App,
  output: string,
  environment: NodeJS.ProcessEnv,
): Promise<StackNames> {
  await run.complete(
    {
      name: 'synth',
      command: '/bin/sh',
      args: ['-c', command],
      cwd: folder,
      env: run.withThisNode({ ...environment, CDKTF_OUTDIR: output }),
    },
    { code: 'ERR_SYNTH', remedy: 'mend what the app says' },
  );
  return inOrder(JSON.parse(await readFile(join(output, 'manifest.json'), 'utf8')) as Manifest);
}

/** What an app says of the stacks that it synthesizes. */
interface Manifest {
  readonly stacks: Readonly<Record<string, { readonly dependencies?: readonly string[] }>>;
}

function inOrder({ stacks }: Manifest): string[] {
  const ordered = new Set<string>();
  const visit = (name: string): void => {
    for (const before of stacks[name]?.dependencies ?? []) visit(before);
    ordered.add(name);
  };
  Object.keys(stacks).forEach(visit);
  return [...ordered];
}
