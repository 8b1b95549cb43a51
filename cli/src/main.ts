/** The `portcullis` command: reads the arguments, runs one command, turns its failure into words and an exit code. */
import { Command } from 'commander';
import { PortcullisError } from './errors';
import { register as start } from './commands/start';
import { register as test } from './commands/test';
import { register as workflows } from './commands/workflows';
import { register as deploy } from './deploy/command';
import { register as limits } from './limits/command';
import { register as lock } from './lock/command';
import { register as plan } from './plan/command';
import { register as secrets } from './secrets/command';
import { register as zapGate } from './zap-gate/command';

const program = new Command('portcullis')
  .description('Secures an HTTP API as code: deploys the stack, serves behind it, checks it')
  .showHelpAfterError();

for (const register of [start, test, lock, plan, deploy, secrets, limits, zapGate, workflows])
  register(program);

program.parseAsync().catch((error: unknown) => {
  if (error instanceof PortcullisError) console.error(`\nportcullis: ${error.problem}\n  → ${error.remedy}`);
  else console.error(error);
  process.exitCode = 1;
});
