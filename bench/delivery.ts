/** `npm run bench:delivery`: what judging a large plan, a large report of ZAP, a living API and a change of a large policy takes. */
import { build } from 'esbuild';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Run } from '../cli/src/engines/process/run';
import { COMPARED } from './delivery/compared';
import { conftestOn, deniedBy } from './delivery/conftest';
import { largePlan } from './delivery/large-plan';
import { writeLargeReport } from './delivery/large-report';
import { ROUTES } from './delivery/routes';
import { measureCommand, measureNode, type Measured } from './lib/command';
import { benchOptions } from './lib/options';
import { atMost, machine, median, print, round } from './lib/report';

const RESOURCES = 5_000;
const REPORT_BYTES = 200_000_000;
const MB = 1_000_000;
const CHECKOUT = join(__dirname, '..');

async function main(): Promise<void> {
  const { rounds } = benchOptions(
    'What judging a large plan, a large report of ZAP, a living API and a change of a large policy takes.',
    {
      rounds: 5,
      seconds: 1,
    },
  );
  const run = await Run.open();
  try {
    const planned = largePlan(RESOURCES);
    const plan = join(run.folder, 'planned-run.json');
    await writeFile(plan, JSON.stringify(planned));
    const shown = join(run.folder, 'plan.json');
    await writeFile(shown, planned.plan);
    const report = join(run.folder, 'report_json.json');
    await writeLargeReport(report, REPORT_BYTES);
    const judge = await compiled('judge', run.folder);
    const judgeFile = await compiled('judge-file', run.folder);
    const verified = await compiled('verified', run.folder);
    const compared = await compiled('policy-diff', run.folder);
    // Packages that are not bundled are found as the checkout finds them.
    const surroundings = { cwd: CHECKOUT, env: { NODE_PATH: join(CHECKOUT, 'node_modules') } };
    const conftest = await conftestOn(run, shown);
    if (conftest) await findTheSame(conftest, [judge, plan, join(run.folder, 'found.json')], surroundings);

    const node = (args: readonly string[]) => (): Promise<Measured> => measureNode(args, surroundings);
    const ways: Readonly<Record<string, () => Promise<Measured>>> = {
      'node -e 0': node(['-e', '0']),
      [`a plan of ${RESOURCES} resources`]: node([judge, plan]),
      [`a report of ${Math.round((await stat(report)).size / MB)} MB`]: node([
        'bootstrap.mjs',
        'zap-gate',
        report,
      ]),
      [`verify of ${ROUTES} routes, its API and issuer in the same process`]: node([verified]),
      [`policy-diff of ${COMPARED.routes} routes, ${COMPARED.scopes} scopes, ${COMPARED.tiers} tiers`]: node([
        compared,
      ]),
      'that plan as a file': node([judgeFile, shown]),
      ...(conftest && { 'that plan by conftest, three rules': () => measureCommand(conftest) }),
    };
    const measured = new Map<string, Measured[]>(Object.keys(ways).map((name) => [name, []]));
    for (let turn = 0; turn < rounds; turn += 1) {
      for (const [name, way] of Object.entries(ways)) measured.get(name)?.push(await way());
    }

    const rows = [...measured].map(([name, turns]) => ({
      what: name,
      seconds: round(median(turns.map(({ seconds }) => seconds)), 2),
      'memory, MB': round(median(turns.map(({ bytes }) => bytes)) / MB, 0),
    }));
    const [, judged, scanned, verify, diff, given] = rows;
    print({
      name: 'delivery',
      machine: machine(),
      rounds,
      rows,
      goals: [
        atMost('a plan of 5,000 resources', judged?.seconds ?? Number.NaN, 2, 's'),
        atMost('its memory', judged?.['memory, MB'] ?? Number.NaN, 300, 'MB'),
        atMost('that plan as a file', given?.seconds ?? Number.NaN, 2, 's'),
        atMost('its memory', given?.['memory, MB'] ?? Number.NaN, 300, 'MB'),
        atMost('a report of 200 MB', scanned?.seconds ?? Number.NaN, 10, 's'),
        atMost('its memory', scanned?.['memory, MB'] ?? Number.NaN, 150, 'MB'),
        atMost(`verify of ${ROUTES} routes`, verify?.seconds ?? Number.NaN, 3, 's'),
        atMost(`policy-diff of ${COMPARED.routes} routes`, diff?.seconds ?? Number.NaN, 2, 's'),
      ],
    });
  } finally {
    await run.close();
  }
}

/** Both judges call the same changes of that plan dangerous: what one does in less time, the other has not left out. */
async function findTheSame(
  conftest: readonly string[],
  judge: readonly [script: string, plan: string, found: string],
  surroundings: Parameters<typeof measureNode>[1],
): Promise<void> {
  await measureNode(judge, surroundings);
  const ours = JSON.parse(await readFile(judge[2], 'utf8')) as string[];
  const theirs = await deniedBy(conftest);
  const missed = [
    ...ours.filter((address) => !theirs.includes(address)),
    ...theirs.filter((address) => !ours.includes(address)),
  ];
  if (ours.length === 0 || missed.length > 0) {
    throw new Error(
      `${ours.length} found here, ${theirs.length} by conftest; different: ${missed.slice(0, 5).join(', ')}`,
    );
  }
  console.error(`both find the same ${ours.length} changes dangerous`);
}

/** As a release is: no TypeScript is left to strip when it starts. */
async function compiled(name: string, folder: string): Promise<string> {
  const outfile = join(folder, `${name}.js`);
  await build({
    entryPoints: [join(__dirname, 'delivery', `${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    external: ['@cdktf/hcl2json'],
    tsconfig: join(CHECKOUT, 'tsconfig.json'),
    logLevel: 'error',
  });
  return outfile;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
