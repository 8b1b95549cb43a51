/** `deploy.yml`: deploys of nothing but what was reviewed. */
import type { Job, Workflow } from '../workflow/workflow';
import { ALERT_JOB, alertJob, byHand, closeJob, planned, recordJob, succeeded, when } from './by-hand';
import { BREAK_GLASS, ROLLBACK } from './ways';
import { APPLYING, deployJob, planJob, verifyJob } from './environment-jobs';
import { BUILT, IMAGE_JOB, imageJob } from './image';
import type { DeliveryImage, DeliveryWorkflowProps } from './delivery';

/**
 * Builds and signs the image. Then, for each environment in turn: plans with the role that can only read; waits for the
 * environment's reviewers, who see that plan; plans again, and applies the plan if it is the one that they saw; scans.
 * With an image, it is also how one environment is deployed by hand: see `by-hand.ts`.
 *
 * @example
 * const yaml = renderWorkflow(deployWorkflow(delivery));
 */
export function deployWorkflow(delivery: DeliveryWorkflowProps): Workflow {
  const on = { push: { branches: ['main'] } };
  const { image, tools } = delivery;
  if (image === undefined) return { name: 'deploy', on, jobs: inTurn(delivery), tools };
  return {
    name: 'deploy',
    tools,
    on: { ...on, workflow_dispatch: byHand(delivery.environments) },
    jobs: {
      [ALERT_JOB]: alertJob(image.alert),
      [IMAGE_JOB]: { ...imageJob(image), if: `!(${ROLLBACK})` },
      ...inTurn(delivery),
      ...afterBreakGlass(delivery, image),
    },
  };
}

/** The way of a merge: each environment after the one before. */
function inTurn(delivery: DeliveryWorkflowProps): Record<string, Job> {
  const { environments, image } = delivery;
  const jobs: Record<string, Job> = {};
  const first = image ? [IMAGE_JOB] : [];
  let before: readonly string[] = first;
  for (const environment of environments) {
    const { name, scanned = false } = environment;
    jobs[`plan-${name}`] = planJob(
      delivery,
      environment,
      image
        ? {
            id: name,
            needs: [...new Set([ALERT_JOB, ...first, ...before])],
            if: planned(name, [...new Set([...first, ...before])]),
          }
        : { id: name, needs: before },
    );
    jobs[`deploy-${name}`] = deployJob(delivery, environment, name);
    before = [`deploy-${name}`];
    if (environment.verified && environment.service)
      jobs[`verify-${name}`] = verifyJob(environment, environment.service, image !== undefined);
    if (!scanned) continue;
    jobs[`scan-${name}`] = {
      needs: [...before, ...first],
      ...(image && { if: when(`github.event_name == 'push' && ${succeeded(before)}`) }),
      ...scan(image),
    };
    before = [`scan-${name}`];
  }
  return jobs;
}

/** The scan that a break-glass deploy skipped: the same image goes where it is scanned. The run is red until it passes. */
function afterBreakGlass(delivery: DeliveryWorkflowProps, image: DeliveryImage): Record<string, Job> {
  const deploys = delivery.environments.map(({ name }) => `deploy-${name}`);
  const scanned = delivery.environments.filter((one) => one.scanned);
  const deployed = deploys.map((job) => `needs.${job}.outputs.${APPLYING} == 'true'`).join(' || ');
  const jobs: Record<string, Job> = { record: recordJob(deploys) };
  for (const environment of scanned) {
    const id = `${environment.name}-afterwards`;
    jobs[`plan-${id}`] = planJob(delivery, environment, {
      id,
      needs: [IMAGE_JOB, ...deploys],
      if: when(`${BREAK_GLASS} && (${deployed})`),
    });
    jobs[`deploy-${id}`] = deployJob(delivery, environment, id);
    jobs[`scan-${id}`] = {
      needs: [`deploy-${id}`, IMAGE_JOB],
      if: when(succeeded([`deploy-${id}`])),
      ...scan(image),
    };
  }
  if (scanned.length > 0) jobs.close = closeJob(scanned.map(({ name }) => `scan-${name}-afterwards`));
  return jobs;
}

function scan(image: DeliveryImage | undefined): Pick<Job, 'permissions' | 'uses' | 'with'> {
  return {
    // The jobs of the called workflow can have no more than this.
    permissions: { contents: 'read', 'id-token': 'write', 'security-events': 'write' },
    uses: './.github/workflows/security.yml',
    with: { release: image ? BUILT : '${{ github.sha }}' },
  };
}
