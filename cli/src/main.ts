import { Command } from 'commander';
import { reportFailure } from './report-failure';

// Loading the commands loads policy.ts: what is wrong in it is reported like every other failure.
import('./program.js').then(
  ({ createProgram, run }) => run(createProgram(), process.argv.slice(2)),
  (error: unknown) => reportFailure(new Command('portcullis'), error),
);
