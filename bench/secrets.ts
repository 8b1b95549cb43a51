/** `npm run bench:secrets`: what it costs that credentials rotate, on the deployed environment `local`. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startEnvironment, type LocalEnvironment } from '../cli/src/local/environment';
import { VaultClient } from '../cli/src/engines/vault-client';
import { mintWrappedLogin } from '../cli/src/local/service';
import { policy } from '../policy';
import { benchOptions, type BenchOptions } from './lib/options';
import { atMost, machine, median, print, round } from './lib/report';
import { startProgram } from './lib/server';
import type { HeapFigures } from './secrets/heap';
import type { LoadFigures } from './secrets/load';
import { SETTLED_AFTER, type SecretsSettings } from './secrets/settings';

const ROTATIONS = 1_000;

async function main(): Promise<void> {
  const options = benchOptions('What it costs that credentials rotate.', { rounds: 9, seconds: 5 });
  const environment = await startEnvironment();
  try {
    const coldStarts: number[] = [];
    const ofNode: number[] = [];
    for (let turn = 0; turn < options.rounds; turn += 1) {
      const settings = await settingsFor(environment, options);
      const nodeMs = await startOfNode();
      const began = performance.now();
      const { process } = await startProgram(environment.run, 'cold-start', {
        entry: 'secrets/cold-start',
        settings,
      });
      const coldStart = performance.now() - began;
      coldStarts.push(coldStart);
      ofNode.push(coldStart / nodeMs);
      await process.exited;
    }
    const { first } = await startProgram(environment.run, 'load', {
      entry: 'secrets/load',
      settings: await settingsFor(environment, options),
    });
    const { first: heap } = await startProgram(environment.run, 'heap', {
      entry: 'secrets/heap',
      settings: await settingsFor(environment, options),
      nodeOptions: ['--expose-gc'],
    });
    const start = { coldStart: median(coldStarts), ofNode: median(ofNode) };
    report(options, start, first as LoadFigures, heap as HeapFigures);
  } finally {
    await environment.stop();
  }
}

/** Of a process that does nothing, ms: what the machine makes of a start at that moment. */
async function startOfNode(): Promise<number> {
  const began = performance.now();
  await promisify(execFile)(process.execPath, ['-e', '0']);
  return performance.now() - began;
}

/** Each start needs a secret ID of its own: a wrapping token is good for one. */
async function settingsFor(
  { vault, postgres }: LocalEnvironment,
  { rounds, seconds }: BenchOptions,
): Promise<SecretsSettings> {
  const login = await mintWrappedLogin(new VaultClient(vault.address, vault.rootToken), policy.name);
  const { host, port, databaseUrl } = postgres;
  return {
    vaultAddress: vault.address,
    login,
    database: { host, port, database: new URL(databaseUrl).pathname.slice(1) },
    bareUrl: databaseUrl,
    rounds,
    seconds,
    rotations: ROTATIONS,
  };
}

function report(
  { rounds }: BenchOptions,
  { coldStart, ofNode }: { readonly coldStart: number; readonly ofNode: number },
  { bareCpu, cpuShare, steadyP99, rotatingP99, p99Share, rotationsUnderLoad }: LoadFigures,
  { early, late }: HeapFigures,
): void {
  print({
    name: 'secrets',
    machine: machine(),
    rounds,
    rows: [
      { figure: 'CPU of a query, bare pg.Pool, µs', value: round(bareCpu, 1) },
      { figure: 'CPU of a query, rotating pool, of that', value: round(cpuShare, 3) },
      { figure: 'p99 of a query, steady, ms', value: round(steadyP99 / 1_000, 2) },
      { figure: 'p99 of a query, rotating all the time, ms', value: round(rotatingP99 / 1_000, 2) },
      { figure: 'rotations meanwhile', value: rotationsUnderLoad },
      { figure: 'process start to first query, ms', value: Math.round(coldStart) },
      { figure: 'the same, of `node -e 0` just before', value: round(ofNode, 1) },
      { figure: `heap after ${SETTLED_AFTER} rotations, MB`, value: round(early / 1e6, 2) },
      { figure: `heap after ${SETTLED_AFTER + ROTATIONS} rotations, MB`, value: round(late / 1e6, 2) },
    ],
    goals: [
      atMost('CPU of a query, of a bare pool', cpuShare, 1.03, 'times'),
      atMost('p99 during rotation, of the steady p99', p99Share, 1.5, 'times'),
      atMost('process start to first query, of `node -e 0`', ofNode, 6, 'times'),
      atMost(`heap growth over ${ROTATIONS} rotations`, (100 * (late - early)) / early, 5, '%'),
    ],
  });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
