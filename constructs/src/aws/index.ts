export { ApiService, type ApiServiceProps } from './api-service';
export type { LogOptions } from './access-log';
export { bundleAuthorizer } from './bundle-authorizer';
export { EncryptionKey, type AwsPlace, type EncryptionKeyProps } from './encryption-key';
export { HttpApiGateway, type HttpApiGatewayProps } from './http-api-gateway';
export type { Permission } from './permission';
export type { PrivateNetwork } from './private-network';
export type { PrivateService } from './private-service';
export { RateLimitStore, storeAccess, type RateLimitStoreProps } from './rate-limit-store';
