/**
 * `npm run bench:synth`: what synthesizing all stacks of all environments takes, next to the same app written
 * as most CDKTF apps are: providers imported by their roots, run by ts-node. How that grows with the number of services.
 * And what its types take to check.
 */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EngineCache } from '../cli/src/engines/install/cache';
import { Run } from '../cli/src/engines/process/run';
import { measureNode, type Measured } from './lib/command';
import { benchOptions } from './lib/options';
import { atLeast, atMost, machine, median, print, round } from './lib/report';
import { findTsNode } from './synth/ts-node';
import { empty, withRootImports } from './synth/variants';

const TSX = ['--require', require.resolve('tsx/cjs')] as const;
const MAIN = join('stacks', 'main.ts');
const SERVICES = join('bench', 'synth', 'services.ts');

/** How many services an app has, of a policy each. */
const COUNTS = [1, 10, 50] as const;

/** One way to synthesize, or to build: Node's arguments, and the folder to run in. */
interface Way {
  readonly name: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
}

const servicesOf = (count: number): string =>
  `${count} ${count === 1 ? 'service' : 'services'}, a policy each`;

async function main(): Promise<void> {
  const { rounds, only } = benchOptions('What synthesizing all stacks of all environments takes.', {
    rounds: 5,
    seconds: 1,
  });
  const run = await Run.open();
  try {
    const checkout = join(__dirname, '..');
    const rootImports = join(run.folder, 'root-imports');
    const nothing = join(run.folder, 'empty');
    await withRootImports(rootImports);
    await empty(nothing);
    const tsNode = await findTsNode({ run, cache: new EngineCache(), note: console.error });
    const cdktf = require.resolve('cdktf-cli/bundle/bin/cdktf');
    const tsc = join(dirname(require.resolve('tsc/package.json')), 'bin', 'tsc');

    const ways: readonly Way[] = [
      { name: 'an empty app', args: [...TSX, MAIN], cwd: nothing },
      { name: 'this app', args: [...TSX, MAIN], cwd: checkout },
      { name: 'root imports', args: [...TSX, MAIN], cwd: rootImports },
      { name: 'root imports, ts-node', args: [tsNode, MAIN], cwd: rootImports },
      { name: 'an empty app, cdktf synth', args: [cdktf, 'synth'], cwd: nothing },
      { name: 'this app, cdktf synth', args: [cdktf, 'synth'], cwd: checkout },
      ...COUNTS.map((count) => ({
        name: servicesOf(count),
        args: [...TSX, SERVICES],
        cwd: checkout,
        env: { SERVICES: String(count) },
      })),
      { name: 'tsc -b from cold', args: [tsc, '-b', '--force'], cwd: checkout },
    ].filter(({ name }) => name.includes(only));

    const measured = new Map<string, Measured[]>(ways.map(({ name }) => [name, []]));
    for (let turn = 0; turn < rounds; turn += 1) {
      for (const way of ways) measured.get(way.name)?.push(await synthesize(way, run));
    }
    report(rounds, measured);
  } finally {
    await run.close();
  }
}

async function synthesize({ args, cwd, env }: Way, run: Run): Promise<Measured> {
  const output = join(run.folder, 'output');
  await mkdir(output, { recursive: true });
  return measureNode(args.at(-1) === 'synth' ? [...args, '--output', output] : args, {
    cwd,
    env: { ...env, CDKTF_OUTDIR: output, CHECKPOINT_DISABLE: '1' },
  });
}

function report(rounds: number, measured: ReadonlyMap<string, readonly Measured[]>): void {
  const seconds = (name: string): number => median((measured.get(name) ?? []).map((one) => one.seconds));
  const megabytes = (name: string): number =>
    median((measured.get(name) ?? []).map((one) => one.bytes)) / 1e6;
  print({
    name: 'synth',
    machine: machine(),
    rounds,
    rows: [...measured.keys()].map((name) => ({
      way: name,
      seconds: round(seconds(name), 2),
      'largest process, MB': Math.round(megabytes(name)),
    })),
    goals: [
      atMost('this app, all stacks of all environments', seconds('this app'), 2.5, 's'),
      atMost('this app, largest process', megabytes('this app'), 300, 'MB'),
      atLeast(
        'root imports with ts-node, of this app',
        seconds('root imports, ts-node') / seconds('this app'),
        5,
        'times',
      ),
      atMost('cdktf synth, all stacks of all environments', seconds('this app, cdktf synth'), 2.5, 's'),
      atMost('cdktf synth, largest process', megabytes('this app, cdktf synth'), 300, 'MB'),
      atMost('50 services of a policy each', seconds(servicesOf(50)), 6, 's'),
      atMost('50 services, largest process', megabytes(servicesOf(50)), 600, 'MB'),
      atMost('tsc -b of the whole workspace from cold', seconds('tsc -b from cold'), 30, 's'),
    ],
  });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
