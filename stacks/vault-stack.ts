import { VaultProvider } from '@cdktf/provider-vault/lib/provider';
import {
  ACL_SAVE_ACL,
  AppRoleLogin,
  AuditDevices,
  DatabaseMount,
  KvEntry,
  KvMount,
  PolicyRecord,
  PostgresConnection,
  PostgresRole,
  RUNTIME_ACL,
  RedisConnection,
  RedisRole,
  SUPPORT_ACL,
  SecretVariable,
  SupportAccess,
  ThrowawayPassword,
  VaultAwsAuth,
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
import { runsOnAws, type Environment } from './environments/define-environment';
import { jobRoles } from './job-roles';
import { namesOf } from './names';

export interface VaultStackProps {
  /** The API's policy: names everything and says how long credentials live. */
  readonly policy: Policy;
  readonly environment: Environment;
}

/**
 * Identity and secrets of one environment: how the service logs in to Vault, its configuration, and the
 * PostgreSQL and Redis users that it leases. Vault's address and the deployer's token come from VAULT_ADDR
 * and VAULT_TOKEN.
 */
export class VaultStack extends TerraformStack {
  constructor(scope: Construct, { policy, environment }: VaultStackProps) {
    super(scope, `vault-${environment.name}`);
    useBackend(this, environment.backend);
    encryptState(this, environment.encryption);
    // The token of a job is short-lived, and may not make others.
    new VaultProvider(this, 'vault', { skipChildToken: true });
    relaxProviderPin(this, 'vault');

    new PolicyRecord(this, 'policy', { policy });
    const login = this.login(policy, environment);
    if (environment.vault.audit !== 'server') {
      new AuditDevices(this, 'audit', { devices: environment.vault.audit });
    }

    const support = new SupportAccess(this, 'support', { name: `${policy.name}-support` });

    const secret = new KvMount(this, 'secret');
    this.configuration(secret, policy, environment).grantRead(login);
    secret.grantRead(login, `${policy.name}/limits`);
    secret.grantWrite(support, `${policy.name}/limits`);
    const mount = new DatabaseMount(this, 'database', {
      credentialSeconds: policy.lifetimes.credentialSeconds,
    });
    this.postgres(mount, policy, environment).grantLease(login);
    const redis = this.redis(mount, environment);
    if (redis) {
      this.redisRole(redis, 'redis-acl-save', ACL_SAVE_ACL);
      this.redisRole(redis, 'redis-role', RUNTIME_ACL).grantLease(login);
      this.redisRole(redis, 'redis-support-role', SUPPORT_ACL).grantLease(support);
    }
    if (environment.delivery) this.delivery(environment.delivery, policy, environment);
  }

  /** On AWS by the role that its tasks have; elsewhere by a secret ID, which whoever starts it mints wrapped. */
  private login(policy: Policy, environment: Environment): Grantee {
    const { name, lifetimes } = policy;
    const tokenPeriodSeconds = lifetimes.credentialSeconds;
    const { serviceCidrs } = environment;
    if (runsOnAws(environment)) {
      const { aws } = environment;
      const names = namesOf(policy, environment);
      return new VaultAwsAuth(this, 'login', {
        name: names.vaultRole,
        tokenPeriodSeconds,
        boundRoleArn: names.taskRoleArn,
        serverId: new URL(aws.vaultAddress).hostname,
        region: aws.region,
        tokenBoundCidrs: serviceCidrs,
      });
    }
    const login = new AppRoleLogin(this, 'login', {
      name,
      tokenPeriodSeconds,
      secretIdBoundCidrs: serviceCidrs,
      tokenBoundCidrs: serviceCidrs,
    });
    new WrappedSecretIdMinter(this, 'orchestrator', { login });
    return login;
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
      }),
    });
  }

  private configuration(mount: KvMount, policy: Policy, { secretVersions }: Environment): KvEntry {
    return new KvEntry(this, 'config', {
      mount,
      name: `${policy.name}/config`,
      data: new SecretVariable(this, 'api-config', {
        name: `${policy.name.replaceAll('-', '_')}_config`,
        description: 'Configuration of the API that is secret',
        fields: ['oauth_client_secret', 'jwt_signing_key', 'encryption_key', 'db_host', 'db_port'],
        version: secretVersions.apiConfig,
      }),
    });
  }

  private postgres(mount: DatabaseMount, policy: Policy, environment: Environment): PostgresRole {
    const connection = new PostgresConnection(this, 'postgres', {
      mount,
      name: 'postgres',
      ...environment.postgres,
      bootstrapPassword: new SecretVariable(this, 'postgres-admin-password', {
        name: 'postgres_admin_password',
        description: "Password of PostgreSQL's vault_admin up to the first deploy, which replaces it",
        version: environment.secretVersions.postgresAdminPassword,
      }),
    });
    return new PostgresRole(this, 'postgres-role', {
      connection,
      name: `${policy.name}-role`,
      memberOf: 'fintech_app',
      owner: 'fintech_owner',
    });
  }

  private redis(mount: DatabaseMount, { redis, secretVersions }: Environment): RedisConnection | undefined {
    if (!redis) return undefined;
    return new RedisConnection(this, 'redis', {
      mount,
      name: 'redis',
      ...redis,
      bootstrapPassword: new ThrowawayPassword(this, 'redis-bootstrap-password', {
        name: 'redis_bootstrap_password',
        description: "Password of Redis' vault_admin up to the first deploy, which replaces it",
        version: secretVersions.redisBootstrapPassword,
      }),
    });
  }

  private redisRole(connection: RedisConnection, name: string, rules: readonly string[]): RedisRole {
    return new RedisRole(this, name, { connection, name, rules });
  }
}
