/** The `portcullis` command: its subcommands, and how one of them runs. */
import { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { register as start } from './start/command';
import { register as deploy } from './deploy/command';
import { register as limits } from './limits/command';
import { register as lock } from './lock/command';
import { register as plan } from './plan/command';
import { failureCodesOf, reportFailure } from './report-failure';
import { register as secrets } from './secrets/command';
import { register as workflows } from './workflows/command';
import { register as zapGate } from './zap-gate/command';

export function createProgram(): Command {
  const program = new Command('portcullis')
    .description('Secures an HTTP API as code: deploys the stack, serves behind it, checks it')
    .version(version(), '--version');
  for (const register of [start, lock, plan, deploy, secrets, limits, zapGate, workflows]) register(program);
  for (const command of withSubcommands(program)) {
    command.addHelpText('after', `\nCalled wrongly, it exits ${failureCodesOf(command).usage}.`);
  }
  return program;
}

/** Runs the command that the arguments name. Never rejects: a failure is reported, and sets the process' exit code. */
export async function run(program: Command, args: readonly string[]): Promise<void> {
  let running = program;
  program.hook('preAction', (_, command) => {
    running = command;
  });
  for (const command of withSubcommands(program)) {
    command.configureOutput({ outputError: () => undefined }).exitOverride((error) => {
      running = command;
      throw error;
    });
  }
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    reportFailure(running, error);
  }
}

export function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

function version(): string {
  const text = readFileSync(join(__dirname, '../package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
