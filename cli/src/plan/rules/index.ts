import type { Change } from '../change';
import { firewall, firewallUse } from './aws/firewall';
import {
  gatewayApi,
  gatewayAuthorizer,
  gatewayDomain,
  gatewayMethod,
  gatewayRoute,
  gatewayStage,
} from './aws/gateway';
import { iamAttachment, iamPolicy, iamRole, identityProvider, lambdaPermission } from './aws/policies';
import { securityGroup, securityGroupRule, subnet, way } from './aws/network';
import { ecsService, functionUrl, lambda, listener, loadBalancer, taskDefinition } from './aws/service';
import { key, logGroup, parameter, store, storeUser } from './aws/storage';
import {
  allowedActions,
  deployEnvironment,
  proposedFile,
  repository,
  ruleset,
  secretInRepository,
  workflowToken,
} from './github/repository';
import { policyRecord } from './policy-record';
import type { Rule } from './rule';
import { connection, databaseRole } from './vault/database';
import { endpoint, secretGate } from './vault/endpoint';
import { auditDevice, authMethod, kvEntry, mount } from './vault/mounts';
import { vaultPolicy } from './vault/policy';
import { appRole, jwtRole } from './vault/roles';

const RULES: readonly Rule[] = [
  policyRecord,
  secretGate,
  vaultPolicy,
  appRole,
  jwtRole,
  databaseRole,
  connection,
  mount,
  authMethod,
  auditDevice,
  kvEntry,
  endpoint,
  repository,
  ruleset,
  workflowToken,
  allowedActions,
  deployEnvironment,
  secretInRepository,
  proposedFile,
  gatewayApi,
  gatewayAuthorizer,
  gatewayDomain,
  gatewayMethod,
  gatewayRoute,
  gatewayStage,
  firewall,
  firewallUse,
  securityGroup,
  securityGroupRule,
  subnet,
  way,
  iamRole,
  iamPolicy,
  iamAttachment,
  identityProvider,
  lambdaPermission,
  key,
  logGroup,
  parameter,
  store,
  storeUser,
  taskDefinition,
  ecsService,
  loadBalancer,
  listener,
  lambda,
  functionUrl,
];

/** The rule for a resource, if there is one. */
export function ruleFor(change: Change): Rule | undefined {
  return RULES.find(({ types, applies }) => types.includes(change.type) && (applies?.(change) ?? true));
}
