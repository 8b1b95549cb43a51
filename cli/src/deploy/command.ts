import type { Command } from 'commander';
import { styleText } from 'node:util';
import { PortcullisError } from '../errors';
import { renderTerminal } from '../plan/render/terminal';
import { selectStacks } from '../workspace/stack-selection';
import { summarizeRun, type StackSummary } from '../plan/summary';
import { Workspace } from '../workspace/workspace';
import { showProgress } from '../progress';
import { plain } from '../text';
import { differences, parseDigest, withChanges, type Reviewed } from './reviewed';

interface DeployOptions {
  readonly reviewed: readonly string[];
  readonly changes?: string;
  readonly json?: boolean;
}

/** `portcullis deploy`: applies what was reviewed, or nothing. */
export function register(program: Command): void {
  program
    .command('deploy')
    .description(
      'plans again and applies that plan if it is what was reviewed: exit code 0 applied, 5 differs, 1 failed',
    )
    .requiredOption(
      '--reviewed <digest...>',
      'the digests that `portcullis plan` printed in the review, one a stack',
    )
    .option(
      '--changes <file>',
      'what `portcullis plan --out` wrote in the review: a difference is shown change by change',
    )
    .option('--json', 'one JSON object on standard output')
    .action(deploy);
}

const DIFFERS = 5;

async function deploy(options: DeployOptions): Promise<void> {
  const reviewed = options.reviewed.map((digest) => {
    const parsed = parseDigest(digest);
    return options.changes === undefined ? parsed : withChanges(parsed, options.changes);
  });
  const repeated = reviewed.find(
    ({ stack }, index) => reviewed.findIndex((other) => other.stack === stack) < index,
  );
  if (repeated)
    throw new PortcullisError(
      'ERR_SETTING',
      `received two digests of ${repeated.stack}`,
      'give the one that was reviewed last',
    );

  const workspace = await Workspace.open(showProgress(process.stderr));
  try {
    const stacks = selectStacks(
      await workspace.synthesize(),
      reviewed.map(({ stack }) => stack),
      undefined,
    );
    await workspace.provide(stacks);
    const applied: string[] = [];
    // One after the other: a later stack may read what an earlier one makes.
    for (const stack of stacks) {
      const summary = await summarizeRun(stack, await workspace.plan(stack));
      const approved = reviewed.find((entry) => entry.stack === stack);
      if (summary.digest === null || summary.digest !== approved?.digest) {
        refuse(approved, summary, applied, options);
        return;
      }
      if (summary.changes.length > 0) await workspace.apply(stack);
      applied.push(stack);
    }
    if (options.json) process.stdout.write(`${JSON.stringify({ outcome: 'applied', applied })}\n`);
    else console.log(`Applied what was reviewed: ${applied.join(', ')}.`);
  } finally {
    await workspace.close();
  }
}

/** The same changes, of something else: the change list cannot say what. */
const ELSEWHERE =
  'the changes look alike; their configuration, variables, data, providers or secrets are not those that were reviewed';

function refuse(
  reviewed: Reviewed | undefined,
  planned: StackSummary,
  applied: readonly string[],
  { json }: DeployOptions,
): void {
  process.exitCode = DIFFERS;
  const found = reviewed?.changes && differences(reviewed.changes, planned.changes);
  if (json) {
    const result = {
      outcome: 'differs',
      applied,
      stack: planned.stack,
      reviewed: reviewed?.digest,
      planned: planned.digest,
      refused: planned.refused,
    };
    process.stdout.write(`${JSON.stringify({ ...result, differences: found ?? [] })}\n`);
    return;
  }
  console.error(
    `${styleText('red', 'Not applied')}: ${planned.stack} would now change otherwise than was reviewed.`,
  );
  console.error(
    `  reviewed ${reviewed?.digest ?? 'nothing'}\n  planned  ${planned.digest ?? 'what has no digest'}`,
  );
  for (const why of planned.refused) console.error(`  ${plain(why, 500)}`);
  if (found?.length === 0) console.error(`  ${ELSEWHERE}`);
  if (found) for (const line of found) console.error(`  ${plain(line, 500)}`);
  else console.error(`\n${renderTerminal([planned])}`);
  if (applied.length > 0) console.error(`Applied before it: ${applied.join(', ')}.`);
  console.error('Review the new plan, and deploy its digest.');
}
