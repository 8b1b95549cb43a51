import type { Command } from 'commander';
import { readsConfig, type ConfigOption } from '../config/option';
import { PortcullisError } from '../errors';
import { EXIT_CODES } from '../plan/grade';
import { quoted, renderTerminal } from '../plan/render/terminal';
import { findApp } from '../workspace/find-app';
import { selectStacks, stacksOf } from '../workspace/stack-selection';
import { destroyedForGood, summarizeRun, type StackSummary } from '../plan/summary';
import { Workspace } from '../workspace/workspace';
import { painter } from '../terminal/paint';
import { showProgress } from '../terminal/progress';
import { endLeases } from '../secrets/end-leases';
import { plain } from '../terminal/text';
import { vaultFromEnvironment } from '../connections/vault';
import type { PlannedRun } from '../workspace/planned-run';
import { STARTED, startDeploy } from '../by-hand/start-deploy';
import { keepEvidence, secondPerson } from './break-glass';
import { doomedLending, refuseOtherVault } from './doomed-lending';
import { differences, parseDigest, withChanges, type Reviewed } from './reviewed';

interface DeployOptions extends ConfigOption {
  readonly reviewed?: readonly string[];
  readonly changes?: string;
  readonly destroy?: readonly string[];
  readonly json?: boolean;
  readonly breakGlass?: boolean;
  readonly environment?: string;
  readonly reason?: string;
  readonly evidence?: string;
}

/** `portcullis deploy`: applies what was reviewed, or nothing. */
export function register(program: Command): void {
  readsConfig(program.command('deploy'))
    .description(
      'plans again and applies that plan if it is what was reviewed: exit code 0 applied, 5 differs, 4 destroys what was not named, 1 failed',
    )
    .option('--reviewed <digest...>', 'the digests that `portcullis plan` printed in the review, one a stack')
    .option(
      '--changes <file>',
      'what `portcullis plan --out` wrote in the review: a difference is shown change by change',
    )
    .option(
      '--destroy <address...>',
      'what the plan may destroy although it cannot be had back, by address, as in vault_mount.secret',
    )
    .option(
      '--break-glass',
      'starts a deploy of main to one environment that waits for no scan and no queue, but for a second person; the deploy job gives --reviewed as well',
    )
    .option('--environment <name>', 'with --break-glass: where, as in prod')
    .option('--reason <text>', 'with --break-glass: why; it stays in the record')
    .option(
      '--evidence <file>',
      'with --break-glass: write who started it, who approved it, why, and what of',
    )
    .option('--json', 'one JSON object on standard output')
    .action((options: DeployOptions, command: Command) => deploy(options, command));
}

const DIFFERS = 5;

/** Exit code where it would destroy what cannot be had back: the same as of a plan with such a change. */
const DANGER = EXIT_CODES.danger;

async function deploy(options: DeployOptions, command: Command): Promise<void> {
  if (options.reviewed === undefined) {
    if (!options.breakGlass) command.error("error: required option '--reviewed <digest...>' not specified");
    await startDeploy({
      way: 'break-glass',
      environment: environmentOf(options),
      reason: options.reason,
    });
    console.log(options.json ? JSON.stringify({ outcome: 'started' }) : STARTED);
    return;
  }
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

  const app = await findApp(options.config);
  const workspace = await Workspace.open(app, showProgress(process.stderr));
  try {
    const all = await workspace.synthesize();
    const stacks = selectStacks(
      all,
      reviewed.map(({ stack }) => stack),
      undefined,
    );
    if (options.breakGlass)
      await seeSecondPerson(options, stacksOf(environmentOf(options), all, app.environments));
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

/** Its evidence is there before anything is applied, so that it stays whatever comes of that. */
async function seeSecondPerson(options: DeployOptions, stacks: readonly string[]): Promise<void> {
  const { reason, reviewed = [], evidence } = options;
  const asked = { environment: environmentOf(options), reason, reviewed, stacks };
  const found = await secondPerson(asked, process.env);
  if (evidence !== undefined) keepEvidence(evidence, found);
  console.error(
    `${painter(process.stderr)('yellow', 'Break-glass')}: approved by ${found.approvedBy.join(', ')}.`,
  );
}

function environmentOf({ environment }: DeployOptions): string {
  if (environment !== undefined) return environment;
  throw new PortcullisError('ERR_SETTING', 'no environment is named', 'say where by --environment prod');
}

/** Without its connection, Vault cannot remove a leased user any more. */
async function endDoomedLeases({ plan, configuration }: PlannedRun): Promise<void> {
  const doomed = doomedLending(plan);
  if (doomed.length === 0) return;
  refuseOtherVault(configuration, process.env);
  const vault = vaultFromEnvironment(process.env);
  for (const lending of doomed) await endLeases(vault, lending);
}

/** Said where the digests differ and the change lists do not, which hold no more than changes. */
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
    `${painter(process.stderr)('red', 'Not applied')}: ${planned.stack} would now change otherwise than was reviewed.`,
  );
  console.error(
    `  reviewed ${reviewed?.digest ?? 'nothing'}\n  planned  ${planned.digest ?? 'what has no digest'}`,
  );
  for (const why of planned.refused) console.error(`  ${plain(why, 500)}`);
  if (found?.length === 0) console.error(`  ${ELSEWHERE}`);
  if (found) for (const line of found) console.error(`  ${plain(line, 500)}`);
  else console.error(`\n${renderTerminal([planned], painter(process.stderr))}`);
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
  console.error(
    `${painter(process.stderr)('red', 'Not applied')}: ${stack} would destroy what cannot be had back.`,
  );
  for (const address of unnamed) console.error(`  ${plain(address, 500)}`);
  if (applied.length > 0) console.error(`Applied before it: ${applied.join(', ')}.`);
  const named = unnamed.map((address) => plain(quoted(address), 500)).join(' ');
  console.error(`Where that is meant, deploy again with --destroy ${named}`);
}
