import { setTimeout as pause } from 'node:timers/promises';

/**
 * Does each work again and again, without a pause, until `during` is over.
 *
 * @returns what failed.
 */
export async function underLoad(
  works: readonly (() => Promise<void>)[],
  during: () => Promise<void>,
): Promise<unknown[]> {
  const failures: unknown[] = [];
  let working = true;
  const load = works.map(async (work) => {
    while (working) {
      try {
        await work();
      } catch (error) {
        failures.push(error);
        await pause(50);
      }
    }
  });
  try {
    await during();
  } finally {
    working = false;
    await Promise.all(load);
  }
  return failures;
}
