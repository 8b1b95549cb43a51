import { VaultProvider } from '@cdktf/provider-vault/lib/provider';
import {
  AppRoleLogin,
  AuditDevices,
  AuditRequired,
  AwsIdentityLogin,
  AwsIdentityMethod,
  DatabaseMount,
  KvEntry,
  KvMount,
  PolicyRecord,
  PostgresConnection,
  PostgresRole,
  PseudonymKey,
  REVOKE_ACL,
  RUNTIME_ACL,
  RedisConnection,
  RedisRole,
  SUPPORT_ACL,
  SWEEP_ACL,
  SecretVariable,
  SupportAccess,
  ThrowawayPassword,
  WrappedSecretIdMinter,
  encryptState,
  relaxProviderPin,
  useBackend,
  type Grantee,
} from '@portcullis/constructs';
import { DeployIdentity } from '@portcullis/constructs/github';
import type { Policy } from '@portcullis/runtime/policy';
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { leastLengths } from '../vault-entries';
import { CONNECTIONS, GROUP_ROLES, MOUNTS, REDIS_ROLES, vaultNamesOf, type VaultNames } from '../vault-names';
import { awsNamesOf } from './aws-names';
import { runsOnAws, type Environment } from './environments/define-environment';
import { jobRoles } from './job-roles';

export interface VaultStackProps {
  /** The API's policy. Names follow from it, and how long credentials live. */
  readonly policy: Policy;
  readonly environment: Environment;
}

/**
 * Identity and secrets of one environment: how the service logs in to Vault, its configuration, and the PostgreSQL and
 * Redis users that it leases. VAULT_ADDR and VAULT_TOKEN hold Vault's address and the deployer's token.
 */
export class VaultStack extends TerraformStack {
  constructor(scope: Construct, { policy, environment }: VaultStackProps) {
    super(scope, `vault-${environment.name}`);
    useBackend(this, environment.backend);
    encryptState(this, environment.encryption);
    // A job's token is short-lived, and may not create child tokens.
    new VaultProvider(this, 'vault', { skipChildToken: true });
    relaxProviderPin(this, 'vault');

    new PolicyRecord(this, 'policy', { policy });
    const names = vaultNamesOf(policy);
    const login = this.login(policy, environment);
    this.audit(environment);

    this.pseudonyms(names, environment).grantNaming(login);

    const support = new SupportAccess(this, 'support', { name: names.supportPolicy });

    const preventDestroy = !environment.disposable;
    const secret = new KvMount(this, 'secret', { path: MOUNTS.kv, preventDestroy });
    this.configuration(secret, policy, environment).grantRead(login);
    secret.grantRead(login, names.entries.limits);
    secret.grantWrite(support, names.entries.limits);
    const mount = new DatabaseMount(this, 'database', {
      path: MOUNTS.database,
      policy,
      preventDestroy,
    });
    this.postgres(mount, policy, environment).grantLease(login);
    const redis = this.redis(mount, environment);
    if (redis) {
      this.redisRole(redis, REDIS_ROLES.sweep, SWEEP_ACL);
      this.redisRole(redis, REDIS_ROLES.app, RUNTIME_ACL).grantLease(login);
      this.redisRole(redis, REDIS_ROLES.support, SUPPORT_ACL).grantLease(support);
      this.redisRole(redis, REDIS_ROLES.revoke, REVOKE_ACL).grantLease(support);
    }
    if (environment.delivery) this.delivery(environment.delivery, policy, environment);
  }

  /** On AWS the service logs in as its tasks' role; elsewhere by a secret ID, which whoever starts it mints wrapped. */
  private login(policy: Policy, environment: Environment): Grantee {
    const { serviceRole: name } = vaultNamesOf(policy);
    const { serviceCidrs } = environment;
    if (runsOnAws(environment)) {
      const { aws } = environment;
      return new AwsIdentityLogin(this, 'login', {
        name,
        policy,
        method: new AwsIdentityMethod(this, 'aws', { issuer: aws.identityIssuer }),
        roleArn: awsNamesOf(policy, environment).taskRoleArn,
        audience: aws.vaultAddress,
        tokenBoundCidrs: serviceCidrs,
      });
    }
    const login = new AppRoleLogin(this, 'login', {
      name,
      policy,
      secretIdBoundCidrs: serviceCidrs,
      tokenBoundCidrs: serviceCidrs,
    });
    new WrappedSecretIdMinter(this, 'orchestrator', { login, name: vaultNamesOf(policy).orchestratorPolicy });
    return login;
  }

  /** What logs call people, and who may resolve it. */
  private pseudonyms({ pseudonymKey, whoisPolicy }: VaultNames, { disposable }: Environment): PseudonymKey {
    const key = new PseudonymKey(this, 'pseudonyms', {
      path: MOUNTS.pseudonyms,
      name: pseudonymKey,
      preventDestroy: !disposable,
    });
    key.grantResolving(new SupportAccess(this, 'whois', { name: whoisPolicy }));
    return key;
  }

  /** A disposable environment may be on a server of somebody's own, which nobody audits. */
  private audit({ vault, disposable }: Environment): void {
    const devices =
      vault.audit === 'server' ? undefined : new AuditDevices(this, 'audit', { devices: vault.audit });
    if (!disposable) new AuditRequired(this, 'audit-required', devices && { devices });
  }

  private delivery(
    { vaultAddress, repository, repositoryId, issuer }: NonNullable<Environment['delivery']>,
    policy: Policy,
    environment: Environment,
  ): void {
    new DeployIdentity(this, 'jobs', {
      repository,
      repositoryId,
      audience: vaultAddress,
      issuer,
      roles: jobRoles({
        policy,
        environment: environment.name,
        repository,
        login: runsOnAws(environment) ? 'aws' : 'approle',
        leasesRedis: environment.redis !== undefined,
      }),
    });
  }

  private configuration(
    mount: KvMount,
    policy: Policy,
    { secretVersions, disposable }: Environment,
  ): KvEntry {
    return new KvEntry(this, 'config', {
      mount,
      preventDestroy: !disposable,
      name: vaultNamesOf(policy).entries.config,
      data: new SecretVariable(this, 'api-config', {
        name: `${policy.name.replaceAll('-', '_')}_config`,
        description: 'Configuration of the API that is secret',
        fields: Object.keys(leastLengths),
        leastLengths,
        version: secretVersions.apiConfig,
      }),
    });
  }

  private postgres(mount: DatabaseMount, policy: Policy, environment: Environment): PostgresRole {
    const connection = new PostgresConnection(this, 'postgres', {
      mount,
      name: CONNECTIONS.postgres,
      preventDestroy: !environment.disposable,
      ...environment.postgres,
      ...userOf(environment),
      bootstrapPassword: new SecretVariable(this, 'postgres-admin-password', {
        name: 'postgres_admin_password',
        description: "Password of Vault's user in PostgreSQL up to the first deploy, which replaces it",
        version: environment.secretVersions.postgresAdminPassword,
      }),
    });
    return new PostgresRole(this, 'postgres-role', {
      connection,
      name: vaultNamesOf(policy).databaseRole,
      memberOf: GROUP_ROLES.app,
    });
  }

  private redis(mount: DatabaseMount, environment: Environment): RedisConnection | undefined {
    const { redis, secretVersions } = environment;
    if (!redis) return undefined;
    return new RedisConnection(this, 'redis', {
      mount,
      name: CONNECTIONS.redis,
      preventDestroy: !environment.disposable,
      ...redis,
      ...userOf(environment),
      bootstrapPassword: new ThrowawayPassword(this, 'redis-bootstrap-password', {
        name: 'redis_bootstrap_password',
        description: "Password of Vault's user in Redis up to the first deploy, which replaces it",
        version: secretVersions.redisBootstrapPassword,
      }),
    });
  }

  private redisRole(connection: RedisConnection, name: string, rules: readonly string[]): RedisRole {
    return new RedisRole(this, name, { connection, name, rules });
  }
}

/** Vault's own user, where the environment names it. */
function userOf({ vaultUser }: Environment): { readonly username?: string } {
  return vaultUser === undefined ? {} : { username: vaultUser };
}
