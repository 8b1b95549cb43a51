/** A service that rotates again and again: with one connection, which takes no rests between several. */
import { connect, given } from './connect';
import { SETTLED_AFTER } from './settings';

/** Heap after a collection, in bytes: once the process has settled, and so many rotations later. */
export interface HeapFigures {
  readonly early: number;
  readonly late: number;
}

async function main(): Promise<void> {
  const { secrets, pool } = await connect(1);
  const rotate = async (times: number): Promise<number> => {
    for (let turn = 0; turn < times; turn += 1) {
      await secrets.rotate();
      await pool.query('select 1');
    }
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  };
  // What is compiled and cached on the way grows for some hundred rotations, and then no more.
  const early = await rotate(SETTLED_AFTER);
  const late = await rotate(given.rotations);
  process.send?.({ early, late } satisfies HeapFigures);
  await secrets.close();
  process.exit();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
