/** A deploy that waits for no scan. It wants a second person, and leaves evidence. */
import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { askGithub, githubSchema, inJob, unclear } from '../by-hand/github';
import { PortcullisError } from '../errors';
import { reasonOf } from '../options/reason';
import { parseDigest } from './reviewed';
import { typed } from '../terminal/command-name';

/** What stays of a break-glass deploy. */
export interface Evidence {
  readonly environment: string;
  readonly reason: string;
  /** Who started the run, by their names on GitHub. */
  readonly startedBy: readonly string[];
  /** Who approved it, other than these. */
  readonly approvedBy: readonly string[];
  readonly commit: string;
  readonly image: string;
  /** The digests of the plans. */
  readonly reviewed: readonly string[];
  readonly run: string;
  /** As in `2026-11-29T02:00:00.000Z`. */
  readonly at: string;
}

const jobSchema = githubSchema.extend({
  GITHUB_SERVER_URL: z.url({ protocol: /^https?$/ }),
  GITHUB_RUN_ID: z.string().regex(/^\d+$/),
  GITHUB_RUN_ATTEMPT: z.string().regex(/^\d+$/),
  GITHUB_ACTOR: z.string().min(1),
  GITHUB_TRIGGERING_ACTOR: z.string().min(1),
  GITHUB_SHA: z.string().regex(/^[0-9a-f]{40}$/),
  PORTCULLIS_IMAGE_DIGEST: z.string().regex(/^sha256:[0-9a-f]{64}$/),
});

type Job = z.output<typeof jobSchema>;

/** https://docs.github.com/en/rest/actions/workflow-runs#get-the-review-history-for-a-workflow-run */
const approvalsSchema = z.array(
  z.object({
    state: z.string(),
    user: z.object({ login: z.string() }),
    environments: z.array(z.object({ name: z.string() })),
  }),
);

/**
 * Asks GitHub who approved this run of the deploy workflow.
 *
 * @throws PortcullisError `ERR_NOT_APPROVED` unless somebody did for this environment who has not started it, and for a run that
 * was started again or by no person, `ERR_SETTING` outside of a job, `ERR_UNREACHABLE` when GitHub does not answer.
 */
export async function secondPerson(
  {
    environment,
    reason,
    reviewed,
    stacks,
  }: Pick<Evidence, 'environment' | 'reviewed'> & {
    readonly reason: string | undefined;
    /** The stacks of the environment. */
    readonly stacks: readonly string[];
  },
  variables: NodeJS.ProcessEnv,
  now = new Date(),
): Promise<Evidence> {
  const said = reasonOf(reason);
  const job = jobOf(variables);
  const elsewhere = reviewed.filter((digest) => !stacks.includes(parseDigest(digest).stack));
  if (elsewhere.length > 0) {
    throw new PortcullisError(
      'ERR_SETTING',
      `received digests of another environment than ${environment}: ${elsewhere.join(', ')}`,
      'deploy one environment at a time, as its reviewers approve it',
    );
  }
  const startedBy = [...new Set([job.GITHUB_ACTOR, job.GITHUB_TRIGGERING_ACTOR])];
  refuseUnknownStarter(startedBy, job.GITHUB_RUN_ATTEMPT);
  const isStarter = (login: string): boolean =>
    startedBy.some((one) => one.toLowerCase() === login.toLowerCase());
  const approvedBy = (await approvals(job))
    .filter(
      ({ state, environments }) =>
        state === 'approved' && environments.some(({ name }) => name === environment),
    )
    .map(({ user }) => user.login)
    .filter((login) => !isStarter(login) && !isRobot(login));
  if (approvedBy.length === 0) {
    throw new PortcullisError(
      'ERR_NOT_APPROVED',
      `nobody but ${startedBy.join(' and ')} approved this deploy to ${environment}`,
      `give the environment ${environment} reviewers, and have another of them approve`,
    );
  }
  return {
    environment,
    reason: said,
    startedBy,
    approvedBy: [...new Set(approvedBy)],
    commit: job.GITHUB_SHA,
    image: job.PORTCULLIS_IMAGE_DIGEST,
    reviewed,
    run: `${job.GITHUB_SERVER_URL}/${job.GITHUB_REPOSITORY}/actions/runs/${job.GITHUB_RUN_ID}`,
    at: now.toISOString(),
  };
}

export function keepEvidence(file: string, evidence: Evidence): void {
  writeFileSync(file, `${JSON.stringify(evidence, undefined, 2)}\n`);
}

/** Logins of people hold no bracket. */
const isRobot = (login: string): boolean => /\[bot\]$/i.test(login);

/**
 * Any workflow of any branch may start this one as `github-actions[bot]`: whoever had it do so could then approve alone.
 * And GitHub lists the approvals of all attempts, those of an earlier plan too, without telling them apart.
 */
function refuseUnknownStarter(startedBy: readonly string[], attempt: string): void {
  const robots = startedBy.filter(isRobot);
  if (robots.length > 0)
    throw new PortcullisError(
      'ERR_NOT_APPROVED',
      `${robots.join(' and ')} started this deploy: whoever approves it may be who is behind that`,
      `start it anew as a person: ${typed('deploy --break-glass')}, or the button on GitHub`,
    );
  if (attempt !== '1')
    throw new PortcullisError(
      'ERR_NOT_APPROVED',
      `this is attempt ${attempt} of the run: an approval may be of the plan of an earlier one`,
      'start the deploy anew, and have it approved',
    );
}

function jobOf(variables: NodeJS.ProcessEnv): Job {
  return inJob(jobSchema, variables, 'start it without --reviewed: the deploy workflow then does the rest');
}

async function approvals(job: Job): Promise<z.output<typeof approvalsSchema>> {
  const answer = approvalsSchema.safeParse(
    await askGithub(job, `actions/runs/${job.GITHUB_RUN_ID}/approvals`, 'who approved the run'),
  );
  if (answer.success) return answer.data;
  throw unclear('who approved the run', 'its answer is no list of approvals');
}
