/**
 * Constructs for AWS: gateways made from the policy, the service behind them, its store of counts, the identity of deploys.
 *
 * @module @portcullis/constructs/aws
 */
// First: what follows loads the provider.
import '../peers/aws';

export {
  AwsDeployIdentity,
  deployRoleArns,
  type AwsDeployIdentityProps,
} from './account/aws-deploy-identity';
export type { AwsJobs, SubjectIds } from './account/job-roles';
export { ImageRepository, imagePushRoleArn, type ImageRepositoryProps } from './images/image-repository';
export { ApiService } from './service/api-service';
export type { ApiServiceProps } from './service/api-service-props';
export type { ExistingListener } from './service/existing-listener';
export type { LogOptions } from './account/log-group';
export { REQUEST_ID_HEADER } from './gateway/access-log';
export type { BodySchemas, JsonSchema } from './gateway/rest-api/body-schemas';
export { bundleAuthorizer } from './authorizer/bundle';
export { EncryptionKey, type EncryptionKeyProps } from './account/encryption-key';
export type { AwsPlace } from './account/place';
export {
  GatewayAccount,
  type GatewayAccountProps,
  type GatewayLogging,
} from './gateway/rest-api/gateway-account';
export type { FirewallOptions } from './gateway/rest-api/firewall';
export type { GatewayDomain } from './gateway/domain';
export type { GatewayProps } from './gateway/props';
export { HttpApiGateway, type HttpApiGatewayProps } from './gateway/http-api/http-api-gateway';
export type { Permission } from './account/permission';
export type { PrivateNetwork } from './network/private-network';
export type { PrivateService } from './gateway/http-api/private-service';
export { RateLimitStore, type RateLimitStoreProps } from './store/rate-limit-store';
export { webIdentityAccess } from './account/web-identity-access';
export { storeAccess } from './store/store-access';
export { RestApiGateway, type RestApiGatewayProps } from './gateway/rest-api/rest-api-gateway';
export type { LinkedService } from './gateway/rest-api/linked-service';
