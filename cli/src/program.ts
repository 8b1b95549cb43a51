/** The `portcullis` command: its subcommands, and how one of them runs. */
import { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ABOUTS } from './abouts';
import { failureCodesOf, reportFailure } from './terminal/report-failure';

/** Commands by name, in the order of the help. Each is loaded when it is called: what one needs costs no other its start. */
export type Commands = Readonly<Record<string, () => Promise<{ register: (program: Command) => void }>>>;

export const COMMANDS: Commands = {
  start: () => import('./app-start/command.js'),
  init: () => import('./init/command.js'),
  create: () => import('./create/command.js'),
  lock: () => import('./lock/command.js'),
  plan: () => import('./plan/command.js'),
  deploy: () => import('./deploy/command.js'),
  rollback: () => import('./rollback/command.js'),
  secrets: () => import('./secrets/command.js'),
  identity: () => import('./identity/command.js'),
  token: () => import('./token/command.js'),
  whois: () => import('./whois/command.js'),
  revoke: () => import('./revoke/command.js'),
  limits: () => import('./limits/command.js'),
  'policy-diff': () => import('./policy-diff/command.js'),
  verify: () => import('./verify/command.js'),
  'zap-gate': () => import('./zap-gate/command.js'),
  workflows: () => import('./workflows/command.js'),
  doctor: () => import('./doctor/command.js'),
  explain: () => import('./explain/command.js'),
};

/**
 * @param args what the program will be run with. Where they name a command it has that one alone, otherwise each by its
 *   name, for the help. @default it has all commands, whole
 */
export async function createProgram(
  args?: readonly string[],
  commands: Commands = COMMANDS,
): Promise<Command> {
  const program = new Command('portcullis')
    .enablePositionalOptions() // `start` hands on what stands behind the app's command
    .description('Secures an HTTP API as code: deploys the stack, serves behind it, checks it')
    .version(version(), '--version');
  const named = args && namedBy(args, commands);
  if (args && !named) {
    for (const name of Object.keys(commands)) program.command(name).description(ABOUTS[name] ?? '');
  } else {
    const loading = named ? [named] : Object.values(commands);
    for (const { register } of await Promise.all(loading.map((load) => load()))) register(program);
  }
  for (const command of withSubcommands(program)) {
    // 80 columns, also where the names of subcommands take half of them.
    command.configureHelp({ minWidthToWrap: 20 });
    command.addHelpText('after', `\nCalled wrongly, it exits ${failureCodesOf(command).usage}.`);
  }
  return program;
}

/** `help plan` and `-- plan` name one as well. */
function namedBy(args: readonly string[], commands: Commands): Commands[string] | undefined {
  const name = args.find((argument) => !argument.startsWith('-') && argument !== 'help') ?? '';
  return Object.hasOwn(commands, name) ? commands[name] : undefined;
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
