import type { Command } from 'commander';
import { appendFileSync, writeFileSync } from 'node:fs';
import { readsConfig, type ConfigOption } from '../config/option';
import { showProgress } from '../progress';
import { failsWith } from '../report-failure';
import { EXIT_CODES, worst } from './grade';
import { renderMarkdown } from './render/markdown';
import { renderSarif } from './render/sarif';
import { renderTerminal } from './render/terminal';
import { findApp, type App } from '../workspace/find-app';
import { selectStacks } from '../workspace/stack-selection';
import { summarizeRun, type StackSummary } from './summary';
import { Workspace } from '../workspace/workspace';

interface PlanOptions extends ConfigOption {
  readonly environment?: string;
  readonly json?: boolean;
  readonly markdown?: string;
  readonly sarif?: string;
  readonly out?: string;
  readonly outputs?: string;
}

/** `portcullis plan`: what a deploy would change, in words, graded. */
export function register(program: Command): void {
  // 2 and above are grades.
  failsWith(readsConfig(program.command('plan')), { usage: 1, failed: 1 })
    .description(
      'plans stacks and says what changes for security: exit code 0 routine, 2 notice, 3 unknown, 4 danger, 1 failed',
    )
    .argument('[stacks...]', 'the stacks to plan, as in vault-staging')
    .option('-e, --environment <name>', 'every stack of an environment')
    .option('--json', 'the summary as JSON on standard output, secrets left out')
    .option('--markdown <file>', 'append the summary as Markdown, as to $GITHUB_STEP_SUMMARY')
    .option('--sarif <file>', 'write the remarks as SARIF 2.1.0')
    .option('--outputs <file>', 'append grade= and digests=, as to $GITHUB_OUTPUT')
    .option('--out <file>', 'write the JSON that `deploy --changes` compares with')
    .action(async (stacks: string[], options: PlanOptions) => {
      const app = await findApp(options.config);
      const summaries = await plan(app, stacks, options);
      publish(app, summaries, options);
      process.exitCode = EXIT_CODES[worst(summaries.map(({ grade }) => grade))];
    });
}

async function plan(
  app: App,
  stacks: readonly string[],
  { environment }: PlanOptions,
): Promise<StackSummary[]> {
  const workspace = await Workspace.open(app, showProgress(process.stderr));
  try {
    const chosen = selectStacks(await workspace.synthesize(), stacks, environment, app.environments);
    await workspace.provide(chosen);
    return await Promise.all(chosen.map(async (stack) => summarizeRun(stack, await workspace.plan(stack))));
  } finally {
    await workspace.close();
  }
}

function publish(
  { source }: App,
  summaries: readonly StackSummary[],
  { json, markdown, sarif, out, outputs }: PlanOptions,
): void {
  const text = `${JSON.stringify({ grade: worst(summaries.map(({ grade }) => grade)), stacks: summaries }, undefined, 2)}\n`;
  process.stdout.write(json === true ? text : renderTerminal(summaries));
  if (markdown !== undefined) appendFileSync(markdown, renderMarkdown(summaries));
  if (sarif !== undefined) writeFileSync(sarif, renderSarif(summaries, source));
  if (out !== undefined) writeFileSync(out, text);
  if (outputs !== undefined) appendFileSync(outputs, renderOutputs(summaries));
}

/** Lines of `name=value`. No text of a plan is in them, so none can start another line. */
function renderOutputs(summaries: readonly StackSummary[]): string {
  const grade = worst(summaries.map((summary) => summary.grade));
  // A deploy of a stack without a digest is refused in words; left out, the stack would be passed over.
  const digests = summaries.map(({ stack, digest }) => digest ?? `${stack}:none`);
  return `grade=${grade}\ndigests=${digests.join(' ')}\n`;
}
