export { AppRoleLogin, type AppRoleLoginProps } from './login/app-role-login';
export { AppRoleMount, type AppRoleMountProps, type LoginMethod } from './login/app-role-mount';
export {
  AuditDevices,
  auditServerConfiguration,
  type AuditDevicesProps,
  type AuditFile,
} from './audit-devices';
export { AUDIT_COUNT_RULE, AuditRequired, type AuditRequiredProps } from './audit-required';
export { endLease } from './database/database-role';
export type { DatabaseConnection, PostgresServer, RedisServer } from './database/database-connection';
export type { ExistingConnectionProps } from './database/existing-connection';
export { DatabaseMount, type DatabaseEngine, type DatabaseMountProps } from './database/database-mount';
export type { Grantee } from './policy/grantee';
export { KvEntry, type KvEntryProps } from './kv/kv-entry';
export { KvMount, type KvEngine, type KvMountProps } from './kv/kv-mount';
export { policyDocument, type Capability, type PolicyRule } from './policy/policy-document';
export {
  DEFAULTS as POSTGRES_DEFAULTS,
  PostgresConnection,
  type PostgresConnectionProps,
} from './database/postgres-connection';
export { PostgresRole, type PostgresRoleProps } from './database/postgres-role';
export { REVOKE_ACL, RUNTIME_ACL, SUPPORT_ACL, SWEEP_ACL } from './database/redis-acl';
export {
  DEFAULTS as REDIS_DEFAULTS,
  RedisConnection,
  type RedisConnectionProps,
} from './database/redis-connection';
export { PseudonymKey, type PseudonymKeyProps } from './transit/pseudonym-key';
export { RedisRole, type RedisRoleProps } from './database/redis-role';
export {
  WRAPPING_SECONDS,
  WrappedSecretIdMinter,
  mintWrapped,
  type WrappedSecretIdMinterProps,
} from './login/wrapped-secret-id-minter';
export { SupportAccess, type SupportAccessProps } from './policy/support-access';
export { AwsIdentityLogin, type AwsIdentityLoginProps } from './login/aws-identity-login';
export { AwsIdentityMethod, type AwsIdentityMethodProps } from './login/aws-identity-method';
