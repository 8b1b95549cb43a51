import type { Command } from 'commander';
import { appendFileSync, readFileSync } from 'node:fs';
import { STARTED, startDeploy } from '../by-hand/start-deploy';
import { githubSchema, inJob } from '../by-hand/github';
import { reasonOf } from '../options/reason';
import { lastGood, servedImagesIn } from './last-good';
import { scansPassed } from './scans';

interface RollbackOptions {
  readonly reason?: string;
  readonly good?: string;
  readonly deployed?: string;
  readonly outputs?: string;
  readonly json?: boolean;
}

/** `portcullis rollback`: the image that was served before, planned and approved like every deploy. */
export function register(program: Command): void {
  program
    .command('rollback')
    .description(
      'starts a deploy of the image that an environment served before: planned, and approved by somebody else, like every deploy',
    )
    .argument('<environment>', 'as in prod')
    .option('--reason <text>', 'why; it stays in the record of GitHub')
    .option(
      '--good <file>',
      'in the deploy job: starts nothing, finds the image in this history of a parameter',
    )
    .option('--deployed <digest>', 'with --good: the image that is deployed now')
    .option('--outputs <file>', 'with --good: append digest= and commit=, as to $GITHUB_OUTPUT')
    .option('--json', 'one JSON object on standard output')
    .action(async (environment: string, options: RollbackOptions) => {
      if (options.good === undefined) {
        await startDeploy({ way: 'rollback', environment, reason: options.reason });
        console.log(options.json ? JSON.stringify({ outcome: 'started', environment }) : STARTED);
        return;
      }
      // Whoever started it by the button on GitHub may have given none.
      reasonOf(options.reason);
      const served = servedImagesIn(readFileSync(options.good, 'utf8'));
      const image = await lastGood(served, options.deployed ?? '', (run) =>
        scansPassed(inJob(githubSchema, process.env, 'start it without --good'), run),
      );
      // Both are hexadecimal: no value can start another line.
      if (options.outputs !== undefined)
        appendFileSync(options.outputs, `digest=${image.digest}\ncommit=${image.commit}\n`);
      console.log(
        options.json
          ? JSON.stringify({ outcome: 'found', environment, ...image })
          : `${environment} goes back to ${image.digest}, built of ${image.commit}.`,
      );
    });
}
