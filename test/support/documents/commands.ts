/**
 * `docs/commands.md`, from what the command says of itself:
 *
 *     node --import tsx test/support/documents/commands.ts > docs/commands.md
 */
import type { Command } from 'commander';
import { createProgram, withSubcommands } from '../../../cli/src/program';
import { failureCodesOf } from '../../../cli/src/terminal/report-failure';
import { WITH_START } from '../../../cli/src/start/with-start';

const pathOf = (command: Command): string[] =>
  command.parent ? [...pathOf(command.parent), command.name()] : [];

/** A command that does something, by its name as one types it. */
export interface DocumentedCommand {
  readonly name: string;
  readonly usage: string;
  readonly description: string;
  readonly usageCode: number;
  readonly terms: readonly (readonly [term: string, description: string])[];
}

export async function documentedCommands(): Promise<DocumentedCommand[]> {
  const programs = [await createProgram(undefined, WITH_START), await createProgram(['start'])];
  const leaves = programs.flatMap(withSubcommands).filter(({ commands }) => commands.length === 0);
  return leaves.map((command) => ({
    name: pathOf(command).join(' '),
    usage: [
      ...pathOf(command),
      ...command.registeredArguments.map((one) => {
        const dots = one.variadic ? '...' : '';
        return one.required ? `<${one.name()}${dots}>` : `[${one.name()}${dots}]`;
      }),
    ].join(' '),
    description: command.description(),
    usageCode: failureCodesOf(command).usage,
    terms: [
      ...command.registeredArguments.map((one) => [one.name(), one.description] as const),
      ...command.options.map(({ flags, description }) => [flags, description] as const),
    ],
  }));
}

export async function renderCommands(): Promise<string> {
  const sections = (await documentedCommands()).map(({ usage, description, usageCode, terms }) =>
    [
      `## ${headingOf(usage)}`,
      `\`${usage === OF_REPOSITORY ? 'npm start --' : `portcullis ${usage}`}\` ${sentence(description)} Called wrongly, it exits ${usageCode}.`,
      terms.map(([term, what]) => `- \`${term}\`: ${what}`).join('\n'),
    ].join('\n\n'),
  );
  const about =
    'Made from what `portcullis --help` says. `npm start` is of this repository alone; `portcullis start` runs any app.';
  return `${['# Commands', about, ...sections].join('\n\n')}\n`;
}

/** As `npm start` calls it: it takes no command. */
const OF_REPOSITORY = 'start';

const headingOf = (usage: string): string =>
  usage === OF_REPOSITORY
    ? 'npm start'
    : ['portcullis', ...usage.split(' ').filter((word) => /^[a-z]/.test(word))].join(' ');

const sentence = (text: string): string => (/[.!]$/.test(text) ? text : `${text}.`);

if (require.main === module) void renderCommands().then((page) => process.stdout.write(page));
