/** How a failed command reports it: words on standard error, and an exit code. */
import { CommanderError, type Command } from 'commander';
import { isNativeError } from 'node:util/types';
import { endsWithCode, PortcullisError } from '../errors';
import { plain } from './text';
import { typed } from './command-name';

/** Exit codes of a command that did not do its work. */
export interface FailureCodes {
  /** It was called wrongly: an unknown option, a missing argument, a bad value. @default 2 */
  readonly usage: number;
  /** @default 1 */
  readonly failed: number;
}

const USUAL: FailureCodes = { usage: 2, failed: 1 };
const OF_COMMAND = new WeakMap<Command, FailureCodes>();

/** For a command whose results have exit codes of their own: a failure must not look like a result. */
export function failsWith(command: Command, codes: FailureCodes): Command {
  OF_COMMAND.set(command, codes);
  return command;
}

export function failureCodesOf(command: Command): FailureCodes {
  return OF_COMMAND.get(command) ?? USUAL;
}

/** Prints why a command failed, and sets the exit code of the process. */
export function reportFailure(command: Command, error: unknown): void {
  const { usage, failed } = failureCodesOf(command);
  if (!(error instanceof CommanderError)) {
    process.exitCode = failed;
    console.error(...inWords(pathOf(command), error));
    return;
  }
  // --help and --version.
  if (error.exitCode === 0) return;
  process.exitCode = usage;
  // Without a subcommand, commander has printed the help.
  if (error.code !== 'commander.help') console.error(usageLine(pathOf(command), error.message));
}

function inWords(path: string, error: unknown): unknown[] {
  if (error instanceof PortcullisError)
    return [`${path}: ${error.problem} (${error.code})\n  → ${error.remedy}`];
  if (endsWithCode(error) || isFileError(error)) return [`${path}: ${error.message}`];
  // A defect of ours: the stack says where.
  return [`${path}:`, error];
}

/** One line, whatever was typed: commander quotes it. A value after `=` may be a secret, and is left out. */
function usageLine(path: string, message: string): string {
  const problem = message
    .replace(/^error: /, '')
    .replace(/^(unknown option '[^=']*)=.*'/s, "$1'")
    .replace('\n(Did you mean', ' (did you mean')
    .replace(/\.$/, '');
  const help = typed([...path.split(' ').slice(1), '--help'].join(' '));
  return `${path}: ${plain(problem, 500)}; see \`${help}\``;
}

/** As in `portcullis secrets put`. */
function pathOf(command: Command): string {
  const name = command.name();
  return command.parent ? `${pathOf(command.parent)} ${name}` : name;
}

/** A file that is not there, or not to be read or written: the message names it. */
function isFileError(error: unknown): error is Error {
  return isNativeError(error) && 'syscall' in error && 'path' in error;
}
