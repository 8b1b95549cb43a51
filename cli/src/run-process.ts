import { Command } from 'commander';
import { createProgram, run, type Commands } from './program';
import { reportFailure } from './terminal/report-failure';

/** Runs what the process' arguments name. */
export async function runProcess(commands: Commands): Promise<void> {
  const args = process.argv.slice(2);
  // Whoever reads may leave first, as `head` does. A deploy still ends its work then, and the exit code still tells how.
  for (const output of [process.stdout, process.stderr])
    output.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  try {
    await run(await createProgram(args, commands), args);
  } catch (error) {
    reportFailure(new Command('portcullis'), error);
  }
}
