export { AppRoleLogin, type AppRoleLoginProps } from './app-role-login';
export {
  AuditDevices,
  auditServerConfiguration,
  type AuditDevicesProps,
  type AuditFile,
} from './audit-devices';
export type { DatabaseConnection } from './database-connection';
export { DatabaseMount, type DatabaseMountProps } from './database-mount';
export type { Grantee } from './grantee';
export { KvEntry, type KvEntryProps } from './kv-entry';
export { KvMount, type KvMountProps } from './kv-mount';
export { policyDocument, type Capability, type PolicyRule } from './policy-document';
export { PostgresConnection, type PostgresConnectionProps } from './postgres-connection';
export { PostgresRole, type PostgresRoleProps } from './postgres-role';
export { ACL_SAVE_ACL, RUNTIME_ACL, SUPPORT_ACL } from './redis-acl';
export { RedisConnection, type RedisConnectionProps } from './redis-connection';
export { RedisRole, type RedisRoleProps } from './redis-role';
export { WrappedSecretIdMinter, type WrappedSecretIdMinterProps } from './wrapped-secret-id-minter';
export { SupportAccess, type SupportAccessProps } from './support-access';
export { VaultAwsAuth, type VaultAwsAuthProps } from './vault-aws-auth';
