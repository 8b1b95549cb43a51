export { AwsDeployIdentity, type AwsDeployIdentityProps } from './identity/aws-deploy-identity';
export { ACTIONS, type PinnedAction } from './workflow/actions';
export {
  DeployIdentity,
  JOBS_MOUNT,
  type DeployIdentityProps,
  type JobRole,
} from './identity/deploy-identity';
export {
  ProtectedRepository,
  type DeployEnvironment,
  type ProtectedRepositoryProps,
} from './repository/protected-repository';
export { ReviewedFiles, type ReviewedFilesProps } from './repository/reviewed-files';
export {
  SecurityScanning,
  securityScanningFiles,
  type AcceptedFinding,
  type SecurityScanningFilesProps,
  type SecurityScanningProps,
} from './scanning/security-scanning';
export {
  deployWorkflow,
  handOverStep,
  planCheck,
  planWorkflow,
  type DeliveryEnvironment,
  type DeliveryWorkflowProps,
  type HandOver,
} from './delivery/delivery-workflows';
export { renderWorkflow } from './workflow/workflow';
export type { ZapRule } from './scanning/zap-rules';
