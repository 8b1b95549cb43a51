import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Note } from '../../cli/src/engines/progress';
import { NODES, type Major } from './nodes';

const CHECKOUT = join(__dirname, '../..');
/** Ten times what the longest takes: a trial that hangs ends as well. */
const LONGEST_MS = 15 * 60_000;

/** What is tried. */
export type Subject = 'npm start -- --check' | 'unit and attack suites';

export interface Trial {
  readonly node: Major;
  readonly subject: Subject;
}

export interface Verdict {
  readonly title: string;
  readonly passed: boolean;
  /** As in `exit code 1`. */
  readonly ended: string;
  /** As jest counts: `Tests:       1 failed, 12 passed, 13 total`. */
  readonly tests: string;
  /** All that was printed. */
  readonly output: readonly string[];
}

export const titleOf = ({ node, subject }: Trial): string => `Node ${NODES[node].version}: ${subject}`;

/** Runs it on the `node` in that folder, and so does everything that it starts by that name. */
export async function run(trial: Trial, folder: string, note: Note): Promise<Verdict> {
  const [command = '', ...args] = commandOf(trial.subject);
  const child = spawn(command, args, {
    cwd: CHECKOUT,
    env: environmentOf(folder),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST_MS,
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      output.push(line);
      if (line.trim() !== '') note(line.trim());
    });
  }
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  const tests = trial.subject === 'npm start -- --check' ? countSteps(output) : countTests(output);
  return {
    title: titleOf(trial),
    passed: code === 0 && tests !== undefined,
    ended: signal === null ? `exit code ${code ?? 'none'}` : `ended by ${signal}`,
    tests: tests ?? BROKEN,
    output,
  };
}

/** Of a run that broke before it could count. */
const BROKEN = 'Tests:       1 failed, 1 total';

/**
 * What asks Node for something: the runtime, the command, the app, and the attacks on them. What constructs and documents
 * are made of is the same on every Node; that they are made there, `npm start` shows.
 */
const OF_NODE = ['test/unit/runtime/', 'test/unit/cli/', 'test/unit/example/', 'test/attack/'];

function commandOf(subject: Subject): string[] {
  if (subject === 'npm start -- --check') return ['npm', 'start', '--silent', '--', '--check'];
  return ['node', require.resolve('jest/bin/jest'), ...OF_NODE, '--selectProjects', 'unit'];
}

/** What npm says of the Node and the script that it runs us by is not for those that we run. */
function environmentOf(folder: string): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => name !== 'NODE' && !name.startsWith('npm_'));
  return { ...Object.fromEntries(own), PATH: [folder, process.env.PATH].join(delimiter) };
}

/** @returns jest's own line, undefined where there is none */
export function countTests(output: readonly string[]): string | undefined {
  return output.find((line) => line.startsWith('Tests: '));
}

/** @returns what jest would say of a journey's steps, undefined where none was walked */
export function countSteps(output: readonly string[]): string | undefined {
  const counted = output
    .map((line) => /^(\d+) of (\d+) steps passed$/.exec(line))
    .find((found) => found !== null);
  if (counted === undefined) return undefined;
  const [passed, total] = counted.slice(1).map(Number) as [number, number];
  return `Tests:       ${passed < total ? `${total - passed} failed, ` : ''}${passed} passed, ${total} total`;
}
