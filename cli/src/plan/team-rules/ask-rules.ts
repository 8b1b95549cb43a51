/** Asks the rules of a file about changes, in a process of their own. */
import { fork } from 'node:child_process';
import { mkdir, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
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
 * @throws PortcullisError `ERR_RULES` where one throws, or finds nonsense: then the plan is not judged.
 */
export async function askRules(
  { file, name }: FoundRules,
  changes: readonly Change[],
): Promise<ReadonlyMap<Change, readonly Remark[]>> {
  await provideOurselves(file);
  const answer = answerSchema.safeParse(await answerOf(file, changes));
  if (!answer.success)
    throw notJudged(name, [`they ended without an answer, or took more than ${LONGEST_MS / 1_000} s`]);
  if ('failure' in answer.data) throw notJudged(name, [answer.data.failure]);
  const { findings, failed } = answer.data;
  if (failed.length > 0)
    throw notJudged(
      name,
      failed.map(({ rule, change: index, why }) => {
        const change = changes[index];
        return `${rule}, asked about ${change?.address ?? ''}: ${change ? sayable(change)(why) : ''}`;
      }),
    );
  const remarks = new Map<Change, Remark[]>();
  for (const { rule, change: index, grade, sentence } of findings) {
    const change = changes[index];
    if (change === undefined) throw notJudged(name, [`${rule} found something about no change`]);
    remarks.set(change, [
      ...(remarks.get(change) ?? []),
      { grade, sentence: `${sayable(change)(sentence)} (rule ${rule})` },
    ]);
  }
  return remarks;
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

/** What the process of the rules gets of the environment: no token, no address. */
const VARIABLES = ['PATH', 'HOME', 'TMPDIR', 'TSX_TSCONFIG_PATH', 'NODE_EXTRA_CA_CERTS'];

async function answerOf(file: string, changes: readonly Change[]): Promise<unknown> {
  const child = fork(join(__dirname, 'rules-process.mjs'), [], {
    cwd: dirname(file),
    env: Object.fromEntries(
      VARIABLES.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
    ),
    // What a rule prints is no result of ours.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS);
  try {
    return await new Promise<unknown>((resolve, reject) => {
      child.once('message', resolve);
      child.once('error', reject);
      child.once('exit', () => resolve(undefined));
      child.send({
        loader: require.resolve('../../config/require-module'),
        problems: require.resolve('./problems-of-rules'),
        file,
        changes: changes.map(viewOf),
      });
    });
  } finally {
    clearTimeout(timer);
    child.kill();
  }
}

/**
 * Rules import what is beside them, and our own packages: those of this very command. What is installed in the working tree
 * is the pull request's choice, and could make rules of nothing.
 */
async function provideOurselves(file: string): Promise<void> {
  const scope = join(dirname(file), 'node_modules', '@portcullis');
  await rm(scope, { recursive: true, force: true });
  await mkdir(scope, { recursive: true });
  await symlink(join(__dirname, '../../..'), join(scope, 'cli'));
  await symlink(dirname(require.resolve('@portcullis/runtime/package.json')), join(scope, 'runtime'));
}
