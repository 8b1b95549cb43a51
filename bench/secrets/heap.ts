/** A service that rotates again and again: with one connection, which takes no rests between several. */
import { connect, given } from './connect';

/** Heap after a collection, in bytes: after a fifth of all rotations, and after all. */
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
  const early = await rotate(given.rotations / 5);
  const late = await rotate((given.rotations * 4) / 5);
  process.send?.({ early, late } satisfies HeapFigures);
  await secrets.close();
  process.exit();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
