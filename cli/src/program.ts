/** The `portcullis` command: its subcommands, and how one of them runs. */
import { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { failureCodesOf, reportFailure } from './report-failure';

/** In the order of the help. Each is loaded when it is called: what one needs costs no other its start. */
const COMMANDS: Readonly<Record<string, () => Promise<{ register: (program: Command) => void }>>> = {
  start: () => import('./start/command.js'),
  lock: () => import('./lock/command.js'),
  plan: () => import('./plan/command.js'),
  deploy: () => import('./deploy/command.js'),
  secrets: () => import('./secrets/command.js'),
  identity: () => import('./identity/command.js'),
  limits: () => import('./limits/command.js'),
  'zap-gate': () => import('./zap-gate/command.js'),
  workflows: () => import('./workflows/command.js'),
  explain: () => import('./explain/command.js'),
};

/**
 * @param args what the program will be run with: where they name a command, it has that one alone.
 */
export async function createProgram(args: readonly string[] = []): Promise<Command> {
  const program = new Command('portcullis')
    .description('Secures an HTTP API as code: deploys the stack, serves behind it, checks it')
    .version(version(), '--version');
  const named = COMMANDS[Object.keys(COMMANDS).find((name) => name === args[0]) ?? ''];
  const loading = named ? [named] : Object.values(COMMANDS);
  for (const { register } of await Promise.all(loading.map((load) => load()))) register(program);
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
