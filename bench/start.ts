/** `npm run bench:start`: how long a newcomer waits, with engines cached: from `npm start` to serving. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { benchOptions } from './lib/options';
import { atMost, machine, median, print, round } from './lib/report';

async function main(): Promise<void> {
  const { rounds } = benchOptions('From `npm start` to serving, engines cached.', { rounds: 5, seconds: 1 });
  const serving: number[] = [];
  await secondsToServing(); // finds or builds what is not cached yet
  for (let turn = 0; turn < rounds; turn += 1) serving.push(await secondsToServing());
  print({
    name: 'start',
    machine: machine(),
    rounds,
    rows: serving.map((seconds) => ({ 'npm start to serving, s': round(seconds, 1) })),
    goals: [atMost('npm start to serving', median(serving), 20, 's')],
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

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
