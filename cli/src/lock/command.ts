import type { Command } from 'commander';
import { selectStacks } from '../workspace/stack-selection';
import { Workspace } from '../workspace/workspace';
import { showProgress } from '../progress';

interface LockOptions {
  readonly environment?: string;
}

/** `portcullis lock`: pins the providers of stacks. */
export function register(program: Command): void {
  program
    .command('lock')
    .description(
      "writes locks/<stack>.hcl, which `plan` and `deploy` want of a stack whose state is shared: the newest version of each provider that it accepts, and its checksums in the engine's registry. What is pinned already stays; remove the file to raise it",
    )
    .argument('[stacks...]', 'the stacks to pin, as in vault-staging')
    .option('-e, --environment <name>', 'every stack of an environment')
    .action(lock);
}

async function lock(stacks: readonly string[], { environment }: LockOptions): Promise<void> {
  const workspace = await Workspace.open(showProgress(process.stderr));
  try {
    // One after the other: each downloads the same providers.
    for (const stack of selectStacks(await workspace.synthesize(), stacks, environment)) {
      console.log(`Wrote ${await workspace.lock(stack)}; commit it.`);
    }
  } finally {
    await workspace.close();
  }
}
