/** `npm run bench:image`: how large the image is over its base, and how soon a task of production is ready. */
import { setTimeout as pause } from 'node:timers/promises';
import { prod } from '../stacks/environments/prod';
import { startSurroundings, type Surroundings } from '../test/containers/surroundings';
import { benchOptions } from './lib/options';
import { atMost, machine, median, print, round } from './lib/report';

const MB = 1_000_000;
/** How long a start waits for a Vault that is sealed. */
const SEALED_MS = 3_000;

async function main(): Promise<void> {
  const { rounds } = benchOptions('The image, and how soon it is ready as production starts it.', {
    rounds: 5,
    seconds: 1,
  });
  const surroundings = await startSurroundings(prod());
  try {
    const megabytes = (await surroundings.imageBytes()) / MB;
    const started: number[] = [];
    const waited: number[] = [];
    for (let turn = 0; turn < rounds; turn += 1) {
      started.push(await secondsToReady(surroundings));
      waited.push(await secondsAfterUnseal(surroundings));
    }
    print({
      name: 'image',
      machine: machine(),
      rounds,
      rows: started.map((seconds, turn) => ({
        'over its base, MB': round(megabytes, 1),
        'start to ready, s': round(seconds, 2),
        'Vault answers to ready, s': round(waited[turn] ?? Number.NaN, 2),
      })),
      goals: [
        atMost('image over its base', round(megabytes, 1), 15, 'MB'),
        atMost('start to ready, Vault answering', round(median(started), 2), 2, 's'),
        atMost('ready once Vault answers a start that waits', round(median(waited), 2), 2, 's'),
      ],
    });
  } finally {
    await surroundings.close();
  }
}

async function secondsToReady(surroundings: Surroundings): Promise<number> {
  const began = performance.now();
  const task = await surroundings.startTask();
  const seconds = (performance.now() - began) / 1_000;
  await task.stop();
  return seconds;
}

async function secondsAfterUnseal(surroundings: Surroundings): Promise<number> {
  const { vault } = surroundings;
  await vault.seal();
  const ready = surroundings.startTask();
  await pause(SEALED_MS);
  await vault.unseal();
  const answers = performance.now();
  const task = await ready;
  const seconds = (performance.now() - answers) / 1_000;
  await task.stop();
  return seconds;
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
