export { AwsDeployIdentity, type AwsDeployIdentityProps } from './aws-deploy-identity';
export { ACTIONS, type PinnedAction } from './actions';
export { DeployIdentity, JOBS_MOUNT, type DeployIdentityProps, type JobRole } from './deploy-identity';
export {
  ProtectedRepository,
  type DeployEnvironment,
  type ProtectedRepositoryProps,
} from './protected-repository';
export { ReviewedFiles, type ReviewedFilesProps } from './reviewed-files';
export {
  SecurityScanning,
  securityScanningFiles,
  type AcceptedFinding,
  type SecurityScanningFilesProps,
  type SecurityScanningProps,
} from './security-scanning';
export {
  deployWorkflow,
  handOverStep,
  planCheck,
  planWorkflow,
  type DeliveryEnvironment,
  type DeliveryWorkflowProps,
  type HandOver,
} from './delivery-workflows';
export { renderWorkflow } from './workflow';
export type { ZapRule } from './zap-rules';
