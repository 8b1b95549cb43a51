export type { LogOptions } from './access-log';
export { bundleAuthorizer } from './bundle-authorizer';
export { HttpApiGateway, type HttpApiGatewayProps } from './http-api-gateway';
export type { PrivateService } from './private-service';
