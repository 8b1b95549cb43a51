/** The real check of a break-glass deploy, with the arguments of `portcullis deploy`. */
import { keepEvidence, secondPerson } from '../../../../cli/src/deploy/break-glass';

const option = (name: string): string => process.argv[process.argv.indexOf(name) + 1] ?? '';

const environment = option('--environment');

secondPerson(
  {
    environment,
    // As stacks/github-settings.ts has them, which would load all of cdktf.
    stacks: ['vault', 'data', 'service', 'edge'].map((kind) => `${kind}-${environment}`),
    reason: option('--reason'),
    reviewed: process.argv.slice(process.argv.indexOf('--reviewed') + 1),
  },
  process.env,
).then(
  (evidence) => keepEvidence(option('--evidence'), evidence),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
