/**
 * `npm run bench:start`: how long a newcomer waits, with engines cached: from `npm start` to serving, and of
 * that `cdktf synth` of all stacks of all environments, as whole processes.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { atMost, machine, median, print } from './lib/report';

const ROUNDS = 5;
const CDKTF = require.resolve('cdktf-cli/bundle/bin/cdktf');

interface Measured {
  readonly seconds: number;
  readonly bytes: number;
}

/** Peak memory of the largest process below a command: the operating system keeps it for whoever waits. */
const MEASURE = `
import json, resource, subprocess, sys, time
began = time.monotonic()
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * (1 if sys.platform == 'darwin' else 1024)
print(json.dumps({'seconds': time.monotonic() - began, 'bytes': peak}))
`;

async function main(): Promise<void> {
  const serving: number[] = [];
  const synth: Measured[] = [];
  const app: Measured[] = [];
  await secondsToServing(); // finds or builds what is not cached yet
  for (let round = 0; round < ROUNDS; round += 1) {
    serving.push(await secondsToServing());
    synth.push(await measure((output) => [CDKTF, 'synth', '--output', output]));
    app.push(await measure(() => ['--import', 'tsx', 'stacks/main.ts']));
  }

  const servingSeconds = round1(median(serving));
  const synthSeconds = round1(median(synth.map(({ seconds }) => seconds)));
  const synthMegabytes = Math.round(median(synth.map(({ bytes }) => bytes)) / 1e6);
  print({
    name: 'start',
    machine: machine(),
    rounds: ROUNDS,
    rows: serving.map((seconds, round) => ({
      'npm start to serving, s': round1(seconds),
      'cdktf synth, s': round1(synth[round]?.seconds ?? Number.NaN),
      'of that our app, s': round1(app[round]?.seconds ?? Number.NaN),
      'cdktf synth, MB': Math.round((synth[round]?.bytes ?? Number.NaN) / 1e6),
    })),
    goals: [
      atMost('npm start to serving', servingSeconds, 20, 's'),
      atMost('cdktf synth, all stacks of all environments', synthSeconds, 2.5, 's'),
      atMost('cdktf synth, largest process', synthMegabytes, 300, 'MB'),
    ],
  });
}

async function secondsToServing(): Promise<number> {
  const began = performance.now();
  const child = spawn('npm', ['start'], { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
  const ended = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('Serving after')) continue;
    const seconds = (performance.now() - began) / 1_000;
    // To the group, as a terminal's Ctrl-C would.
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
    await ended;
    return seconds;
  }
  throw new Error('npm start ended before it served: run it by hand to see why');
}

/** Runs Node on these arguments, the last stage of `cdktf synth` or the whole of it. */
async function measure(argumentsFor: (output: string) => readonly string[]): Promise<Measured> {
  const output = await mkdtemp(join(tmpdir(), 'portcullis-bench-'));
  try {
    const child = spawn('python3', ['-c', MEASURE, process.execPath, ...argumentsFor(output)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, CDKTF_OUTDIR: output, CHECKPOINT_DISABLE: '1' },
    });
    const [text] = await Promise.all([child.stdout.toArray(), once(child, 'exit')]);
    return JSON.parse(Buffer.concat(text as Buffer[]).toString()) as Measured;
  } finally {
    await rm(output, { recursive: true });
  }
}

function round1(value: number): number {
  return Math.round(value * 10) / 10;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
