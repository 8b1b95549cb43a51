import { Command } from 'commander';
import { createProgram, run, type Commands } from './program';
import { nameCommand } from './terminal/command-name';
import { reportFailure } from './terminal/report-failure';

/**
 * Runs what the process' arguments name.
 *
 * @param called how its caller types the command, as in `npx portcullis`.
 */
export async function runProcess(commands: Commands, called: string): Promise<void> {
  nameCommand(called);
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
