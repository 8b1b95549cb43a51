/** Asks the rules of a file about changes, in a process of their own. */
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, rm, symlink } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { z } from 'zod';
import { atExit } from '../../base-commit/at-exit';
import { PortcullisError } from '../../errors';
import { plain } from '../../terminal/text';
import type { Change } from '../change';
import type { Remark } from '../grade';
import { sayable } from '../shown/sayable';
import type { FoundRules } from './find-rules';
import { viewOf } from './view';

/** Rules look at values, and wait for nothing. */
const LONGEST_MS = 120_000;
const MOST_PROBLEMS = 10;
const LONGEST_SENTENCE = 500;

const answerSchema = z.union([
  z.object({
    findings: z.array(
      z.object({
        rule: z.string(),
        change: z.int(),
        grade: z.enum(['notice', 'unknown', 'danger']),
        sentence: z.string(),
      }),
    ),
    failed: z.array(z.object({ rule: z.string(), change: z.int(), why: z.string() })),
  }),
  z.object({ failure: z.string() }),
]);

/**
 * What the rules find, by the change that it is about.
 *
 * @param longestMs how long they may take for all changes together
 * @throws PortcullisError `ERR_RULES` where one throws, finds nonsense, or never answers: then the plan is not judged.
 */
export async function askRules(
  { file, name, folder }: FoundRules,
  changes: readonly Change[],
  longestMs = LONGEST_MS,
): Promise<ReadonlyMap<Change, readonly Remark[]>> {
  const asked = join(await provideOurselves(file), 'asked');
  // Where the rules were checked out is nobody's business, and gone when this is read.
  const refuse = (...problems: readonly string[]) =>
    notJudged(
      name,
      problems.map((problem) => problem.replaceAll(`${folder}/`, '')),
    );
  const said = (index: number, rule: string, why: string): string => {
    const change = changes[index];
    return `${rule}, asked about ${change?.address ?? 'no change'}: ${change ? sayable(change)(why) : why}`;
  };
  const { message, isLate } = await answerOf(file, changes, asked, longestMs);
  const answer = answerSchema.safeParse(message);
  if (!answer.success) {
    const why = isLate
      ? `there was no answer within ${longestMs / 1_000} s`
      : 'the process ended without an answer';
    const last = lastAsked(asked);
    throw refuse(last === undefined ? `while the file was read, ${why}` : said(...last, why));
  }
  if ('failure' in answer.data) throw refuse(answer.data.failure);
  const { findings, failed } = answer.data;
  if (failed.length > 0)
    throw refuse(...failed.map(({ rule, change: index, why }) => said(index, rule, why)));
  const remarks = new Map<Change, Remark[]>();
  for (const { rule, change: index, grade, sentence } of findings) {
    const change = changes[index];
    if (change === undefined) throw refuse(`${rule} found something about no change`);
    // What may not be shown is taken out before anything is cut: half of a secret looks like none.
    const shown = plain(sayable(change)(sentence), LONGEST_SENTENCE);
    remarks.set(change, [...(remarks.get(change) ?? []), { grade, sentence: `${shown} (rule ${rule})` }]);
  }
  return remarks;
}

/** Which change the rules were asked about last, and by which rule. */
function lastAsked(note: string): [change: number, rule: string] | undefined {
  const asked = z.tuple([z.string(), z.int()]).safeParse(parsed(note));
  return asked.success ? [asked.data[1], asked.data[0]] : undefined;
}

function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function notJudged(name: string, problems: readonly string[]): PortcullisError {
  const shown = problems.slice(0, MOST_PROBLEMS).map((problem) => plain(problem, 500));
  const rest = problems.length - shown.length;
  return new PortcullisError(
    'ERR_RULES',
    `the plan is not judged: ${plain(name)}: ${shown.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`,
    'mend the rules on the base branch: a rule returns nothing, or { grade, sentence } with the grade notice, unknown or danger',
  );
}

/** For another process: compiled as this file is, or not. */
const ownModule = (path: string): string => join(__dirname, `${path}${extname(__filename)}`);

/** What the process of the rules gets of the environment: no token, no address. */
const VARIABLES = ['PATH', 'HOME', 'TMPDIR', 'TSX_TSCONFIG_PATH', 'NODE_EXTRA_CA_CERTS'];

interface Answer {
  readonly message?: unknown;
  readonly isLate: boolean;
}

/** @param asked the file in which the process notes whom it asks */
async function answerOf(
  file: string,
  changes: readonly Change[],
  asked: string,
  longestMs: number,
): Promise<Answer> {
  const child = fork(join(__dirname, 'rules-process.mjs'), [], {
    cwd: dirname(file),
    env: Object.fromEntries(
      VARIABLES.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
    ),
    // What a rule prints is no result of ours.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
  });
  const unwatch = atExit(() => child.kill('SIGKILL'));
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill('SIGKILL');
  }, longestMs);
  try {
    return await new Promise<Answer>((resolve, reject) => {
      child.once('message', (message) => resolve({ message, isLate }));
      child.once('error', reject);
      child.once('exit', () => resolve({ isLate }));
      child.send({
        loader: ownModule('../../config/require-module'),
        problems: ownModule('./problems-of-rules'),
        file,
        asked,
        changes: changes.map(viewOf),
      });
    });
  } finally {
    clearTimeout(timer);
    unwatch();
    child.kill('SIGKILL');
  }
}

/**
 * Rules import what is beside them, and our own packages: those of this very command. What is installed in the working tree
 * is the pull request's choice, and could make rules of nothing.
 *
 * @returns the folder of these packages
 */
async function provideOurselves(file: string): Promise<string> {
  const scope = join(dirname(file), 'node_modules', '@portcullis');
  await rm(scope, { recursive: true, force: true });
  await mkdir(scope, { recursive: true });
  await symlink(join(__dirname, '../../..'), join(scope, 'cli'));
  await symlink(dirname(require.resolve('@portcullis/runtime/package.json')), join(scope, 'runtime'));
  return scope;
}
