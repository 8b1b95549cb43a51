import type { Command } from 'commander';
import { relative } from 'node:path';
import { readsConfig, type ConfigOption } from '../config/option';
import { findApp } from '../workspace/find-app';
import { selectStacks } from '../workspace/stack-selection';
import { Workspace } from '../workspace/workspace';
import { showProgress } from '../terminal/progress';

interface LockOptions extends ConfigOption {
  readonly json?: boolean;
  readonly environment?: string;
}

/** `portcullis lock`: pins the providers of stacks. */
export function register(program: Command): void {
  readsConfig(program.command('lock'))
    .description(
      "writes locks/<stack>.hcl, which `plan` and `deploy` want of a stack whose state is shared: the newest version of each provider that it accepts, and its checksums in the engine's registry. What is pinned already stays; remove the file to raise it",
    )
    .argument('[stacks...]', 'the stacks to pin, as in vault-staging')
    .option('-e, --environment <name>', 'every stack of an environment')
    .option('--json', 'one JSON object on standard output')
    .action(lock);
}

async function lock(stacks: readonly string[], { environment, json, config }: LockOptions): Promise<void> {
  const app = await findApp(config);
  const workspace = await Workspace.open(app, showProgress(process.stderr));
  try {
    const written: string[] = [];
    // One after the other: each downloads the same providers.
    for (const stack of selectStacks(await workspace.synthesize(), stacks, environment, app.environments)) {
      const file = relative(process.cwd(), await workspace.lock(stack));
      written.push(file);
      if (!json) console.log(`Wrote ${file}; commit it.`);
    }
    if (json) console.log(JSON.stringify({ written }));
  } finally {
    await workspace.close();
  }
}
