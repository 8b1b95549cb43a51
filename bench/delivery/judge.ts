/** Judges a plan and renders what a pull request shows, as `portcullis plan` does once the engine has planned. */
import { readFileSync, writeFileSync } from 'node:fs';
import { renderMarkdown } from '../../cli/src/plan/render/markdown';
import { summarizeRun } from '../../cli/src/plan/summary';
import type { PlannedRun } from '../../cli/src/workspace/planned-run';

async function main(file = '', found?: string): Promise<void> {
  const run = JSON.parse(readFileSync(file, 'utf8')) as PlannedRun;
  const summary = await summarizeRun('bench', run);
  if (summary.digest === null) throw new Error(`no digest: ${summary.refused.join('; ')}`);
  process.stdout.write(renderMarkdown([summary]));
  const dangerous = summary.judged.filter(({ grade }) => grade === 'danger').map(({ address }) => address);
  // For whoever compares it with what a peer found.
  if (found !== undefined) writeFileSync(found, JSON.stringify(dangerous));
}

void main(process.argv[2], process.argv[3]);
