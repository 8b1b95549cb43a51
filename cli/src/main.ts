import { Command } from 'commander';
import { createProgram, run } from './program';
import { reportFailure } from './report-failure';

const args = process.argv.slice(2);

// Loading a command may load policy.ts: what is wrong in it is reported like every other failure.
createProgram(args).then(
  (program) => run(program, args),
  (error: unknown) => reportFailure(new Command('portcullis'), error),
);
