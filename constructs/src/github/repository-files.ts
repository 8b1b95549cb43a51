import { refuseProps } from '../core';
import type { DeliveryWorkflowProps } from './delivery/delivery';
import { deployWorkflow } from './delivery/deploy-workflow';
import { planWorkflow } from './delivery/plan-workflow';
import { codeOwnersFile, codeOwnersProblems } from './repository/code-owners';
import { securityScanningFiles } from './scanning/files';
import { securityScanningProblems, type SecurityScanningProps } from './scanning/props';
import { toolsProblems } from './workflow/repository-tools';
import { renderWorkflow } from './workflow/workflow';

/** How a repository is delivered. What is left out is not written. */
export interface RepositorySettings {
  /** Plans of pull requests and deploys of main: `plan.yml` and `deploy.yml`. */
  readonly delivery?: DeliveryWorkflowProps;
  /** Scans by ZAP: `security.yml`, and the files of `.zap`. */
  readonly scanning?: SecurityScanningProps;
  /** Who reviews every change, as in `@example/platform`: `CODEOWNERS`. */
  readonly codeOwners?: readonly string[];
}

/**
 * Every file that Portcullis makes for a repository, by path: `portcullis workflows` writes them into the checkout.
 *
 * @throws ConstructError `ERR_PROPS` with all problems at once.
 * @example
 * const files = repositoryFiles({ delivery, codeOwners: ['@example/platform'] });
 */
export function repositoryFiles({
  delivery,
  scanning,
  codeOwners,
}: RepositorySettings): Record<string, string> {
  refuseProps('repository', [
    ...(scanning ? securityScanningProblems(scanning) : []),
    ...(codeOwners ? codeOwnersProblems(codeOwners) : []),
    ...toolsProblems('delivery.tools', delivery?.tools),
  ]);
  return {
    ...(scanning && securityScanningFiles(scanning)),
    ...(delivery && deliveryWorkflowFiles(delivery)),
    ...(codeOwners && codeOwnersFile(codeOwners)),
  };
}

/** The workflows of plans and deploys, by path. */
export function deliveryWorkflowFiles(delivery: DeliveryWorkflowProps): Record<string, string> {
  return {
    '.github/workflows/plan.yml': renderWorkflow(planWorkflow(delivery)),
    '.github/workflows/deploy.yml': renderWorkflow(deployWorkflow(delivery)),
  };
}
