/** `npm run test:nodes`: what runs on the Node that you have, on the other ones that people have. */
import { Argument, Command } from 'commander';
import { PortcullisError } from '../../cli/src/errors';
import { showProgress } from '../../cli/src/terminal/progress';
import { NODES, nodeFolder, type Major } from './nodes';
import { run, titleOf, type Trial, type Verdict } from './trial';

/** `npm test` runs on one Node; these differ most from it and from each other. */
const TRIALS: readonly Trial[] = [
  { node: 24, subject: 'unit and attack suites' },
  { node: 26, subject: 'unit and attack suites' },
  { node: 20, subject: 'npm start -- --check' },
  { node: 26, subject: 'npm start -- --check' },
];

const majors = Object.keys(NODES).map(Number) as Major[];

async function main(): Promise<void> {
  const program = new Command('npm run test:nodes --')
    .description(
      `tries the unit and attack suites on Node 24 and 26, npm start -- --check on 20 and 26; about three minutes on two cores. With arguments: both on each of these`,
    )
    // As of every command that was called wrongly.
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .addArgument(new Argument('[nodes...]', 'as in: npm run test:nodes -- 22').choices(majors.map(String)))
    .parse();
  const trials = program.args.length > 0 ? everythingOn(program.args.map(Number) as Major[]) : TRIALS;

  const progress = showProgress(process.stderr);
  const folders = new Map<Major, string>();
  for (const node of new Set(trials.map((trial) => trial.node))) {
    const folder = await progress.step(`Node ${NODES[node].version}`, (note) => nodeFolder(node, note));
    folders.set(node, folder);
  }
  const verdicts: Verdict[] = [];
  // One after the other: the suites take both cores.
  for (const trial of trials) {
    const title = titleOf(trial);
    const tried = progress.step(title, async (note) => {
      const verdict = await run(trial, folders.get(trial.node) ?? '', note);
      verdicts.push(verdict);
      if (!verdict.passed) throw new Error(title);
    });
    await tried.catch(() => show(verdicts.at(-1)));
  }
  report(verdicts);
}

const everythingOn = (nodes: readonly Major[]): Trial[] =>
  nodes.flatMap((node) => [
    { node, subject: 'unit and attack suites' },
    { node, subject: 'npm start -- --check' },
  ]);

/** Indented, so that its counts are not counted twice; without the suites that passed. */
function show(verdict: Verdict | undefined): void {
  const lines = (verdict?.output ?? []).filter((line) => !line.startsWith('PASS '));
  console.error(lines.map((line) => `    ${line}`).join('\n'));
}

function report(verdicts: readonly Verdict[]): void {
  for (const { title, passed, ended, tests } of verdicts) {
    console.log(`\n${title}${passed ? '' : ` failed: ${ended}`}\n${tests}`);
  }
  if (verdicts.some(({ passed }) => !passed)) process.exitCode = 1;
}

main().catch((error: unknown) => {
  if (error instanceof PortcullisError) console.error(`\n${error.problem}\n  → ${error.remedy}`);
  else console.error(error);
  process.exitCode = 1;
});
