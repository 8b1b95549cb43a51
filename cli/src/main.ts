import { Command } from 'commander';
import { createProgram, run } from './program';
import { reportFailure } from './report-failure';

const args = process.argv.slice(2);

// Whoever reads may leave first, as `head` does. A deploy still ends its work then, and the exit code still tells how.
for (const output of [process.stdout, process.stderr])
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

// Loading a command may load policy.ts: what is wrong in it is reported like every other failure.
createProgram(args).then(
  (program) => run(program, args),
  (error: unknown) => reportFailure(new Command('portcullis'), error),
);
