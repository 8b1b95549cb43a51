/** Whether the image that a run brought has passed its scan. */
import { z } from 'zod';
import { askGithub, unclear, type Github } from '../by-hand/github';

/** https://docs.github.com/en/rest/actions/workflow-jobs#list-jobs-for-a-workflow-run */
const jobsSchema = z.object({
  total_count: z.int(),
  jobs: z.array(z.object({ name: z.string(), conclusion: z.string().nullable() })),
});

/** Jobs of one page: a run of `deploy.yml` has far fewer. */
const MOST = 100;

/** A called workflow's jobs come after a slash, as in `scan-staging / full-scan`. */
const SCAN = 'scan-';

/**
 * Whether each scan of a run that was not skipped has passed, and at least one has. Of a run that is gone it is not known, nor
 * of one with more jobs than a page holds: then it has not.
 *
 * @throws PortcullisError `ERR_UNREACHABLE` when GitHub does not answer.
 */
export async function scansPassed(github: Github, run: string): Promise<boolean> {
  const question = `whether the scan of run ${run} has passed`;
  const answer = await askGithub(github, `actions/runs/${run}/jobs?per_page=${MOST}`, question);
  if (answer === undefined) return false;
  const parsed = jobsSchema.safeParse(answer);
  if (!parsed.success) throw unclear(question, 'its answer is no list of jobs');
  const { jobs, total_count: total } = parsed.data;
  const scans = jobs.filter(({ name, conclusion }) => name.startsWith(SCAN) && conclusion !== 'skipped');
  return (
    total <= jobs.length && scans.length > 0 && scans.every(({ conclusion }) => conclusion === 'success')
  );
}
