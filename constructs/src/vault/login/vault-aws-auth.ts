import { AuthBackend } from '@cdktf/provider-vault/lib/auth-backend';
import { AwsAuthBackendClient } from '@cdktf/provider-vault/lib/aws-auth-backend-client';
import { AwsAuthBackendRole } from '@cdktf/provider-vault/lib/aws-auth-backend-role';
import { Construct } from 'constructs';
import { ConstructError } from '../../core';
import type { Grantee } from '../policy/grantee';
import { OWN_TOKEN, cidrs, policyOf } from '../policy/granted-policy';
import { hostName, ttlSeconds, vaultName } from '../checks';
import type { PolicyRule } from '../policy/policy-document';

export interface VaultAwsAuthProps {
  /** Name of the role and of its policy. */
  readonly name: string;
  /** Mount of the AWS method, which this construct creates. @default 'aws' */
  readonly mount?: string;
  /** The IAM role whose holders may log in: the service's task role, and no pattern. */
  readonly boundRoleArn: string;
  /** Vault's host: a login is signed for it, and worth nothing to another Vault. As `awsLogin()` has it. */
  readonly serverId: string;
  /** Whose STS Vault asks who signed. As `awsLogin()` has it. */
  readonly region: string;
  /** Period of the tokens, in seconds, as {@link AppRoleLogin} has it; an hour at most. @default 3600 */
  readonly tokenPeriodSeconds?: number;
  /** From where a token can be used: checked at every request. @default anywhere */
  readonly tokenBoundCidrs?: readonly string[];
}

const HOUR_SECONDS = 3_600;

/**
 * Lets one service log in as the IAM role that it has, and do exactly what is granted to it
 * (`entry.grantRead(login)`, `role.grantLease(login)`). There is no secret: the service signs, AWS says who signed.
 * Vault itself needs no access to the account for it.
 *
 * The method is built into HashiCorp Vault. OpenBao has it as a plugin that its server does not bring: there, and
 * wherever else, the portable way is {@link AppRoleLogin}.
 * https://developer.hashicorp.com/vault/docs/auth/aws#iam-auth-method
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
      // By ARN: to know the role by its number, Vault would need access to the account. Whoever can make another role
      // of this name there can also say who takes on the present one.
      resolveAwsUniqueIds: false,
      tokenPolicies: [policyOf(this, this.name, this.rules)],
      tokenNoDefaultPolicy: true,
      tokenPeriod: this.period(props.tokenPeriodSeconds ?? HOUR_SECONDS),
      ...(props.tokenBoundCidrs && { tokenBoundCidrs: cidrs(this, props.tokenBoundCidrs) }),
    });
  }

  grant(...rules: readonly PolicyRule[]): void {
    this.rules.push(...rules);
  }

  private period(seconds: number): number {
    if (ttlSeconds(this, 'the period of tokens', seconds) <= HOUR_SECONDS) return seconds;
    throw new ConstructError(
      'ERR_DURATION',
      this,
      `received ${seconds} as the period of tokens; give at most ${HOUR_SECONDS}, after which what was leased ends anyway`,
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
