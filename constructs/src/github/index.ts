/**
 * Constructs for GitHub: a repository that nobody changes alone, jobs that sign in as themselves, the workflows of delivery.
 *
 * @module @portcullis/constructs/github
 */
// First: what follows loads the providers.
import '../peers/github';

export { ACTIONS, type PinnedAction } from './workflow/actions';
export { DeployIdentity, type DeployIdentityProps, type JobRole } from './identity/deploy-identity';
export { JOBS_MOUNT, JobsMethod, type JobsMethodProps } from './identity/jobs-method';
export { codeOwnersFile } from './repository/code-owners';
export {
  ProtectedRepository,
  type DeployEnvironment,
  type ProtectedRepositoryProps,
} from './repository/protected-repository';
export { ReviewedFiles, type ReviewedFilesProps } from './repository/reviewed-files';
export { deliveryWorkflowFiles, repositoryFiles, type RepositorySettings } from './repository-files';
export { securityScanningFiles } from './scanning/files';
export type { AllowListEntry } from './allow-list';
export type { SecurityScanningFilesProps, SecurityScanningProps } from './scanning/props';
export { BASELINE_CHECK } from './scanning/security-workflow';
export { SecurityScanning } from './scanning/security-scanning';
export {
  IMAGE_DIGEST,
  type DeliveredService,
  type DeliveryEnvironment,
  type DeliveryImage,
  type DeliveryWorkflowProps,
  type HandOver,
} from './delivery/delivery';
export { deployWorkflow } from './delivery/deploy-workflow';
export { planCheck, planWorkflow } from './delivery/plan-workflow';
export type { PackageManager, RepositoryTools } from './workflow/repository-tools';
export type { ApiOnRunner } from './scanning/api-on-runner';
export { renderWorkflow } from './workflow/workflow';
export type { ZapRule } from './scanning/zap-rules';
