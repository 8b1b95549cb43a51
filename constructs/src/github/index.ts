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
export { securityScanningFiles } from './scanning/files';
export type { AllowListEntry } from './allow-list';
export type { SecurityScanningFilesProps, SecurityScanningProps } from './scanning/props';
export { BASELINE_CHECK } from './scanning/security-workflow';
export { SecurityScanning } from './scanning/security-scanning';
export type { DeliveryEnvironment, DeliveryWorkflowProps, HandOver } from './delivery/delivery';
export { deployWorkflow, handOverStep, sweepStep } from './delivery/deploy-workflow';
export { planCheck, planWorkflow } from './delivery/plan-workflow';
export { renderWorkflow } from './workflow/workflow';
export type { ZapRule } from './scanning/zap-rules';
