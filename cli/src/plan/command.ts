import type { Command } from 'commander';
import { appendFileSync, writeFileSync } from 'node:fs';
import { readsConfig, type ConfigOption } from '../config/option';
import { PortcullisError } from '../errors';
import { showProgress } from '../terminal/progress';
import { failsWith } from '../terminal/report-failure';
import { EXIT_CODES, worst } from './grade';
import { findApp } from '../workspace/find-app';
import { findRules } from './team-rules/find-rules';
import { selectStacks } from '../workspace/stack-selection';
import type { SecondJudge, StackSummary } from './summary';
import { Workspace } from '../workspace/workspace';

interface PlanOptions extends ConfigOption {
  readonly environment?: string;
  readonly file?: string;
  readonly name?: string;
  readonly base?: string;
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
    .option(
      '-e, --environment <name>',
      'every stack of an environment; of one that `start` runs from here, against what runs',
    )
    .option(
      '--file <file>',
      'instead of stacks, a plan of OpenTofu or of Terraform 1.6 or newer: what `show -json` printed, or - for standard input',
    )
    .option('--name <name>', 'what the plan of --file is called (default: the name of the file)')
    .option(
      '--base <ref>',
      'the commit whose portcullis.rules.ts judges too (default: origin/$GITHUB_BASE_REF in a pull request, else HEAD)',
    )
    .option('--json', 'the summary as JSON on standard output, secrets left out')
    .option('--markdown <file>', 'append the summary as Markdown, as to $GITHUB_STEP_SUMMARY')
    .option('--sarif <file>', 'write the remarks as SARIF 2.1.0')
    .option('--outputs <file>', 'append grade= and digests=, as to $GITHUB_OUTPUT')
    .option('--out <file>', 'write the JSON that `deploy --changes` compares with')
    .action(async (stacks: string[], options: PlanOptions) => {
      const { source, summaries } = await withRules(options.base, (second) => judge(stacks, options, second));
      await publish(source, summaries, options);
      process.exitCode = EXIT_CODES[worst(summaries.map(({ grade }) => grade))];
    });
}

interface Judged {
  /** The file that findings are shown at. */
  readonly source: string;
  readonly summaries: readonly StackSummary[];
}

/** Judges with the rules of the team, where it has some. */
async function withRules<T>(
  base: string | undefined,
  work: (second?: SecondJudge) => Promise<T>,
): Promise<T> {
  const rules = await findRules(base);
  if (rules === undefined) return work();
  try {
    return await work(async (changes) => {
      const { askRules } = await import('./team-rules/ask-rules.js');
      return askRules(rules, changes);
    });
  } finally {
    await rules.remove();
  }
}

async function judge(
  stacks: readonly string[],
  options: PlanOptions,
  second: SecondJudge | undefined,
): Promise<Judged> {
  const { file, name, environment, config } = options;
  if (file === undefined) {
    refuseTogether({ '--name without --file': name });
    return plan(stacks, options, second);
  }
  refuseTogether({
    'stacks and --file': stacks[0],
    '--environment and --file': environment,
    '--config and --file': config,
  });
  const { readPlanFile } = await import('./file/read-plan-file.js');
  const { summary, source } = await readPlanFile(file, name, second);
  return { source, summaries: [summary] };
}

/** @param received by what does not go together, whether it was received */
function refuseTogether(received: Readonly<Record<string, string | undefined>>): void {
  const problems = Object.entries(received).flatMap(([problem, value]) =>
    value === undefined ? [] : [problem],
  );
  if (problems.length > 0)
    throw new PortcullisError(
      'ERR_SETTING',
      `received ${problems.join(', ')}`,
      'name stacks to plan, or a plan that was made with --file',
    );
}

async function plan(
  stacks: readonly string[],
  { environment, config }: PlanOptions,
  second: SecondJudge | undefined,
): Promise<Judged> {
  const app = await findApp(config);
  if (environment !== undefined) {
    const { plansOnSandbox } = await import('../sandbox/falls-back.js');
    await plansOnSandbox(environment, config);
  }
  const workspace = await Workspace.open(app, showProgress(process.stderr));
  try {
    // What judges is half of the command's sources: they are loaded while the app runs.
    const [all, { summarizeRun }] = await Promise.all([workspace.synthesize(), import('./summary.js')]);
    const chosen = selectStacks(all, stacks, environment, app.environments);
    await workspace.provide(chosen);
    const summaries = await Promise.all(
      chosen.map(async (stack) => summarizeRun(stack, await workspace.plan(stack), second)),
    );
    return { source: app.source, summaries };
  } finally {
    await workspace.close();
  }
}

async function publish(
  source: string,
  summaries: readonly StackSummary[],
  { json, markdown, sarif, out, outputs }: PlanOptions,
): Promise<void> {
  const [{ renderTerminal }, { renderMarkdown }, { renderSarif }] = await Promise.all([
    import('./render/terminal.js'),
    import('./render/markdown.js'),
    import('./render/sarif.js'),
  ]);
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
