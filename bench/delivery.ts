/** `npm run bench:delivery`: what judging a large plan and a large report of ZAP takes. */
import { build } from 'esbuild';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Run } from '../cli/src/engines/process/run';
import { largePlan } from './delivery/large-plan';
import { writeLargeReport } from './delivery/large-report';
import { measureNode, type Measured } from './lib/command';
import { benchOptions } from './lib/options';
import { atMost, machine, median, print, round } from './lib/report';

const RESOURCES = 5_000;
const REPORT_BYTES = 200_000_000;
const MB = 1_000_000;
const CHECKOUT = join(__dirname, '..');

async function main(): Promise<void> {
  const { rounds } = benchOptions('What judging a large plan and a large report of ZAP takes.', {
    rounds: 5,
    seconds: 1,
  });
  const run = await Run.open();
  try {
    const plan = join(run.folder, 'plan.json');
    await writeFile(plan, JSON.stringify(largePlan(RESOURCES)));
    const report = join(run.folder, 'report_json.json');
    await writeLargeReport(report, REPORT_BYTES);
    const judge = await compiled(join(__dirname, 'delivery', 'judge.ts'), run.folder);

    const ways: Readonly<Record<string, readonly string[]>> = {
      'node -e 0': ['-e', '0'],
      [`a plan of ${RESOURCES} resources`]: [judge, plan],
      [`a report of ${Math.round((await stat(report)).size / MB)} MB`]: ['bootstrap.mjs', 'zap-gate', report],
    };
    const measured = new Map<string, Measured[]>(Object.keys(ways).map((name) => [name, []]));
    for (let turn = 0; turn < rounds; turn += 1) {
      for (const [name, args] of Object.entries(ways)) {
        // Packages that are not bundled are found as the checkout finds them.
        const env = { NODE_PATH: join(CHECKOUT, 'node_modules') };
        measured.get(name)?.push(await measureNode(args, { cwd: CHECKOUT, env }));
      }
    }

    const rows = [...measured].map(([name, turns]) => ({
      what: name,
      seconds: round(median(turns.map(({ seconds }) => seconds)), 2),
      'memory, MB': round(median(turns.map(({ bytes }) => bytes)) / MB, 0),
    }));
    const [, planned, scanned] = rows;
    print({
      name: 'delivery',
      machine: machine(),
      rounds,
      rows,
      goals: [
        atMost('a plan of 5,000 resources', planned?.seconds ?? Number.NaN, 2, 's'),
        atMost('its memory', planned?.['memory, MB'] ?? Number.NaN, 300, 'MB'),
        atMost('a report of 200 MB', scanned?.seconds ?? Number.NaN, 10, 's'),
        atMost('its memory', scanned?.['memory, MB'] ?? Number.NaN, 150, 'MB'),
      ],
    });
  } finally {
    await run.close();
  }
}

/** As a release is: no TypeScript is left to strip when it starts. */
async function compiled(entry: string, folder: string): Promise<string> {
  const outfile = join(folder, 'judge.js');
  await build({
    entryPoints: [entry],
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
