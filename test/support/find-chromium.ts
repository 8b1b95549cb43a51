/** Prints where Chromium is, installing it where that can be done. In a process of its own: see chromium.ts. */
import { messageOf } from '../../cli/src/errors';
import { Run } from '../../cli/src/engines/process/run';
import { findProgram } from './programs';

async function main(): Promise<void> {
  const run = await Run.open();
  try {
    console.log(await findProgram('chromium', { run, note: (text) => console.error(text) }));
  } finally {
    await run.close();
  }
}

main().catch((error: unknown) => {
  console.error(messageOf(error));
  process.exitCode = 1;
});
