/**
 * `npm run bench:plan`: what `portcullis plan` of an unchanged small stack takes beside what the engine does itself: the same
 * synthesis, its `init` and its `plan`, by hand in a folder as new as the command's own.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EngineFinder } from '../cli/src/engines/engine-finder';
import { Run } from '../cli/src/engines/process/run';
import { startOpenBao } from '../cli/src/local/servers/openbao';
import { showProgress } from '../cli/src/terminal/progress';
import { measureCommand } from './lib/command';
import { benchOptions } from './lib/options';
import { atMost, machine, median, print, round } from './lib/report';

const CHECKOUT = join(__dirname, '..');
const STACK = 'orders-vault';

async function main(): Promise<void> {
  const { rounds } = benchOptions('What a plan of an unchanged small stack takes, beside the engine’s own.', {
    rounds: 9,
    seconds: 1,
  });
  const tsc = join(dirname(require.resolve('tsc/package.json')), 'bin', 'tsc');
  execFileSync(process.execPath, [tsc, '-b', 'cli'], { cwd: CHECKOUT, stdio: 'inherit' });
  const run = await Run.open();
  try {
    const engines = new EngineFinder(run, showProgress(process.stderr));
    const { engine, engineConfiguration } = await engines.deployer();
    const vault = await startOpenBao(run, { binary: await engines.openBao() });
    const env = {
      CHECKPOINT_DISABLE: '1',
      VAULT_ADDR: vault.address,
      VAULT_TOKEN: vault.rootToken,
      STATES: await run.subfolder('states'),
      TERRAFORM_BINARY_NAME: engine,
      ...(engineConfiguration !== undefined && { TF_CLI_CONFIG_FILE: engineConfiguration }),
    };
    // As released: our own packages by what was compiled.
    const app = `${quoted(process.execPath)} --require ${quoted(require.resolve('tsx/cjs'))} ${quoted(join(__dirname, 'plan', 'stack.ts'))}`;
    const cwd = await run.subfolder('app');
    await writeFile(join(cwd, 'cdktf.json'), JSON.stringify({ app, projectId: 'orders' }));

    const synth = 'export CDKTF_OUTDIR="$1"; sh -c "$2"';
    const inStack = (...commands: readonly string[]): string =>
      [synth, `cd "$1/stacks/${STACK}"`, ...commands.map((one) => `"$3" ${one} -input=false`)].join(' && ');
    const byHand = async (script: string): Promise<number> => {
      const output = await mkdtemp(join(run.folder, 'by-hand-'));
      const command = ['sh', '-euc', script, 'sh', output, app, engine];
      return (await measureCommand(command, { cwd, env })).seconds;
    };
    await byHand(inStack('init', 'apply -auto-approve'));

    const ways = {
      synthesis: () => byHand(synth),
      'synthesis, init and plan of the engine': () => byHand(inStack('init', 'plan')),
      'portcullis plan': async () => {
        const command = [process.execPath, join(CHECKOUT, 'cli/dist/bin.js'), 'plan', STACK];
        return (await measureCommand(command, { cwd, env })).seconds;
      },
    };
    const taken = new Map<string, number[]>();
    // The first round warms the disk's cache.
    for (let turn = -1; turn < rounds; turn += 1)
      for (const [way, measure] of Object.entries(ways)) {
        const seconds = await measure();
        if (turn >= 0) taken.set(way, [...(taken.get(way) ?? []), seconds]);
      }
    const [, own = [], ours = []] = [...taken.values()];
    print({
      name: 'plan',
      machine: machine(),
      rounds,
      rows: [...taken].map(([way, all]) => ({
        way,
        'median, s': round(median(all), 2),
        'least, s': round(Math.min(...all), 2),
      })),
      goals: [
        // Turn by turn: what else the machine does hits both.
        atMost(
          'plan of an unchanged small stack',
          round(median(ours.map((seconds, turn) => seconds / (own[turn] ?? Number.NaN))), 2),
          1.3,
          'times the engine',
        ),
      ],
    });
  } finally {
    await run.close();
  }
}

const quoted = (path: string): string => `'${path.replaceAll("'", String.raw`'\''`)}'`;

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
