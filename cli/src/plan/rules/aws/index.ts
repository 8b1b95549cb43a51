import type { Rule } from '../rule';
import { taskDefinition, ecsService } from './containers';
import { firewall, firewallUse } from './firewall';
import { lambda, functionUrl, lambdaPermission } from './functions';
import {
  gatewayApi,
  gatewayAuthorizer,
  gatewayDomain,
  gatewayMethod,
  gatewayRoute,
  gatewayStage,
} from './gateway';
import { imageLifecycle, imageRepository } from './images';
import { loadBalancer, listener } from './load-balancer';
import { securityGroup, securityGroupRule, subnet, internetAccess } from './network';
import { iamRole, iamPolicy, iamAttachment, identityProvider } from './policies';
import { key, logGroup, parameter, store, storeUser } from './storage';

export const AWS_RULES: readonly Rule[] = [
  taskDefinition,
  ecsService,
  firewall,
  firewallUse,
  lambda,
  functionUrl,
  lambdaPermission,
  gatewayApi,
  gatewayAuthorizer,
  gatewayDomain,
  gatewayMethod,
  gatewayRoute,
  gatewayStage,
  imageRepository,
  imageLifecycle,
  loadBalancer,
  listener,
  securityGroup,
  securityGroupRule,
  subnet,
  internetAccess,
  iamRole,
  iamPolicy,
  iamAttachment,
  identityProvider,
  key,
  logGroup,
  parameter,
  store,
  storeUser,
];
