import { AuthBackend } from '@cdktf/provider-vault/lib/auth-backend';
import { AwsAuthBackendClient } from '@cdktf/provider-vault/lib/aws-auth-backend-client';
import { AwsAuthBackendRole } from '@cdktf/provider-vault/lib/aws-auth-backend-role';
import { Construct } from 'constructs';
import { ConstructError } from '../../core';
import { cidrs, hostName, ttlSeconds, vaultName } from '../checks';
import { policyOf, type Grantee } from '../policy/grantee';
import type { PolicyRule } from '../policy/policy-document';
import { OWN_TOKEN, TOKEN_PERIOD_SECONDS } from './service-token';

export interface VaultAwsAuthProps {
  /** Name of the role and of its policy. */
  readonly name: string;
  /** Mount of the AWS method, which this construct creates. @default 'aws' */
  readonly mount?: string;
  /** The IAM role whose holders may log in: the service's task role, and no pattern. */
  readonly boundRoleArn: string;
  /** Vault's host. A login is signed for it, and is worth nothing to another Vault. The same as `awsLogin()`'s. */
  readonly serverId: string;
  /** Region whose STS Vault asks who signed. The same as `awsLogin()`'s. */
  readonly region: string;
  /** Period of the tokens, in seconds, as of an {@link AppRoleLogin}; 3600 at most. @default 3600 */
  readonly tokenPeriodSeconds?: number;
  /** Address ranges that a token can be used from: checked at every request. @default anywhere */
  readonly tokenBoundCidrs?: readonly string[];
}

/** Longest period of the tokens, in seconds: what was leased has ended by then anyway. */
const LONGEST_PERIOD_SECONDS = 3_600;

/**
 * A role of Vault's AWS auth method, of type `iam`: lets one service log in as the IAM role that it has, and do exactly
 * what is granted to it (`entry.grantRead(login)`, `role.grantLease(login)`). There is no secret: the service signs a
 * request, and AWS tells Vault who signed it. Vault itself needs no access to the account for that. It provisions the
 * auth method `aws`, its client's configuration, one role and one policy.
 *
 * The method is built into HashiCorp Vault. OpenBao's server does not bring it: use {@link AppRoleLogin} there.
 *
 * https://developer.hashicorp.com/vault/docs/auth/aws#iam-auth-method
 *
 * @example
 * const login = new VaultAwsAuth(this, 'login', {
 *   name: 'orders',
 *   boundRoleArn: 'arn:aws:iam::333333333333:role/orders-task',
 *   serverId: 'vault.example.com',
 *   region: 'eu-central-1',
 * });
 * secret.grantRead(login, 'orders/limits');
 */
export class VaultAwsAuth extends Construct implements Grantee {
  readonly name: string;
  readonly mount: string;
  private readonly rules: PolicyRule[] = [...OWN_TOKEN];

  /** @throws ConstructError `ERR_VAULT_NAME`, `ERR_VAULT_PRINCIPAL`, `ERR_HOST`, `ERR_DURATION` or `ERR_CIDR`. */
  constructor(scope: Construct, id: string, props: VaultAwsAuthProps) {
    super(scope, id);
    this.name = vaultName(this, 'the name of a role', props.name);
    this.mount = vaultName(this, 'the mount of the AWS method', props.mount ?? 'aws');

    const method = new AuthBackend(this, 'method', { type: 'aws', path: this.mount });
    new AwsAuthBackendClient(this, 'client', {
      backend: method.path,
      iamServerIdHeaderValue: hostName(this, props.serverId),
      stsRegion: props.region,
      stsEndpoint: `https://sts.${props.region}.amazonaws.com`,
    });
    new AwsAuthBackendRole(this, 'role', {
      backend: method.path,
      role: this.name,
      authType: 'iam',
      boundIamPrincipalArns: [oneRole(this, props.boundRoleArn)],
      // By ARN: to know the role by its ID, Vault would need access to the account. Nothing is lost: whoever can make
      // another role of this name there can also change who may assume the present one.
      resolveAwsUniqueIds: false,
      tokenPolicies: [policyOf(this, this.name, this.rules)],
      tokenNoDefaultPolicy: true,
      tokenPeriod: this.period(props.tokenPeriodSeconds ?? TOKEN_PERIOD_SECONDS),
      ...(props.tokenBoundCidrs && { tokenBoundCidrs: cidrs(this, props.tokenBoundCidrs) }),
    });
  }

  grant(...rules: readonly PolicyRule[]): void {
    this.rules.push(...rules);
  }

  private period(seconds: number): number {
    if (ttlSeconds(this, 'the period of tokens', seconds) <= LONGEST_PERIOD_SECONDS) return seconds;
    throw new ConstructError(
      'ERR_DURATION',
      this,
      `received ${seconds} as the period of tokens; give at most ${LONGEST_PERIOD_SECONDS}, after which what was leased ends anyway`,
    );
  }
}

function oneRole(scope: Construct, arn: string): string {
  if (/^arn:aws[\w-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(arn)) return arn;
  throw new ConstructError(
    'ERR_VAULT_PRINCIPAL',
    scope,
    `received ${JSON.stringify(arn)} as the principal that may log in; give the ARN of one IAM role, without a wildcard`,
  );
}
