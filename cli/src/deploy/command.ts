import type { Command } from 'commander';
import { styleText } from 'node:util';
import { PortcullisError } from '../errors';
import { EXIT_CODES } from '../plan/grade';
import { quoted, renderTerminal } from '../plan/render/terminal';
import { selectStacks } from '../workspace/stack-selection';
import { destroyedForGood, summarizeRun, type StackSummary } from '../plan/summary';
import { Workspace } from '../workspace/workspace';
import { showProgress } from '../progress';
import { endLeases } from '../secrets/end-leases';
import { plain } from '../text';
import { vaultFromEnvironment } from '../vault';
import type { PlannedRun } from '../workspace/planned-run';
import { doomedLending, refuseOtherVault } from './doomed-lending';
import { differences, parseDigest, withChanges, type Reviewed } from './reviewed';

interface DeployOptions {
  readonly reviewed: readonly string[];
  readonly changes?: string;
  readonly destroy?: readonly string[];
  readonly json?: boolean;
}

/** `portcullis deploy`: applies what was reviewed, or nothing. */
export function register(program: Command): void {
  program
    .command('deploy')
    .description(
      'plans again and applies that plan if it is what was reviewed: exit code 0 applied, 5 differs, 4 destroys what was not named, 1 failed',
    )
    .requiredOption(
      '--reviewed <digest...>',
      'the digests that `portcullis plan` printed in the review, one a stack',
    )
    .option(
      '--changes <file>',
      'what `portcullis plan --out` wrote in the review: a difference is shown change by change',
    )
    .option(
      '--destroy <address...>',
      'what the plan may destroy although it cannot be had back, by address, as in vault_mount.secret',
    )
    .option('--json', 'one JSON object on standard output')
    .action(deploy);
}

const DIFFERS = 5;

/** As a plan with such a change has it. */
const DANGER = EXIT_CODES.danger;

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
      const planned = await workspace.plan(stack);
      const summary = await summarizeRun(stack, planned);
      const approved = reviewed.find((entry) => entry.stack === stack);
      if (summary.digest === null || summary.digest !== approved?.digest) {
        refuse(approved, summary, applied, options);
        return;
      }
      const unnamed = destroyedForGood(summary).filter((address) => !options.destroy?.includes(address));
      if (unnamed.length > 0) {
        refuseToDestroy(stack, unnamed, applied, options);
        return;
      }
      await endDoomedLeases(planned);
      if (summary.changes.length > 0) await workspace.apply(stack);
      applied.push(stack);
    }
    if (options.json) process.stdout.write(`${JSON.stringify({ outcome: 'applied', applied })}\n`);
    else console.log(`Applied what was reviewed: ${applied.join(', ')}.`);
  } finally {
    await workspace.close();
  }
}

/** Without its connection, Vault cannot remove a leased user any more. */
async function endDoomedLeases({ plan, configuration }: PlannedRun): Promise<void> {
  const doomed = doomedLending(plan);
  if (doomed.length === 0) return;
  refuseOtherVault(configuration, process.env);
  const vault = vaultFromEnvironment(process.env);
  for (const lending of doomed) await endLeases(vault, lending);
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

function refuseToDestroy(
  stack: string,
  unnamed: readonly string[],
  applied: readonly string[],
  { json }: DeployOptions,
): void {
  process.exitCode = DANGER;
  if (json) {
    process.stdout.write(`${JSON.stringify({ outcome: 'destroys', applied, stack, unnamed })}\n`);
    return;
  }
  console.error(`${styleText('red', 'Not applied')}: ${stack} would destroy what cannot be had back.`);
  for (const address of unnamed) console.error(`  ${plain(address, 500)}`);
  if (applied.length > 0) console.error(`Applied before it: ${applied.join(', ')}.`);
  const named = unnamed.map((address) => plain(quoted(address), 500)).join(' ');
  console.error(`Where that is meant, deploy again with --destroy ${named}`);
}
