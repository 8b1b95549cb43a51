/** Judges a plan that was given as a file, and renders what a pull request shows: `portcullis plan --file`. */
import { readPlanFile } from '../../cli/src/plan/file/read-plan-file';
import { renderMarkdown } from '../../cli/src/plan/render/markdown';

async function main(file = ''): Promise<void> {
  const { summary } = await readPlanFile(file);
  if (summary.grade !== 'danger') throw new Error(`judged ${summary.grade}; expected danger`);
  process.stdout.write(renderMarkdown([summary]));
}

void main(process.argv[2]);
