/** Judges a plan and renders what a pull request shows, as `portcullis plan` does once the engine has planned. */
import { readFileSync } from 'node:fs';
import { renderMarkdown } from '../../cli/src/plan/render/markdown';
import { summarizeRun } from '../../cli/src/plan/summary';
import type { PlannedRun } from '../../cli/src/workspace/planned-run';

async function main(file = ''): Promise<void> {
  const run = JSON.parse(readFileSync(file, 'utf8')) as PlannedRun;
  const summary = await summarizeRun('bench', run);
  if (summary.digest === null) throw new Error(`no digest: ${summary.refused.join('; ')}`);
  process.stdout.write(`${summary.grade}\n${renderMarkdown([summary])}`);
}

void main(process.argv[2]);
