import { AuthBackend } from '@cdktf/provider-vault/lib/auth-backend';
import { AwsAuthBackendClient } from '@cdktf/provider-vault/lib/aws-auth-backend-client';
import { AwsAuthBackendRole } from '@cdktf/provider-vault/lib/aws-auth-backend-role';
import { Construct } from 'constructs';
import type { Problem } from '@portcullis/runtime/policy';
import { knownAs, refuseProps } from '../../core';
import { checkedBy } from '../../core/later';
import { regionProblems, roleArnProblems, suffixOf } from '../../core/aws';
import {
  ceiling,
  cidrProblems,
  cidrsLater,
  hostProblems,
  methodProblems,
  policyNameProblems,
  secondsLater,
  secondsProblems,
  type Lifetimes,
} from '../checks';
import { policyOf, type Grantee } from '../policy/grantee';
import type { PolicyRule } from '../policy/policy-document';
import { OWN_TOKEN } from './service-token';

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
  /** Period of the tokens, in seconds, as of an {@link AppRoleLogin}. @default the longest */
  readonly tokenPeriodSeconds?: number;
  /** The API's policy: nothing lives longer than its `lifetimes.credential`. @default an hour is the longest */
  readonly policy?: Lifetimes;
  /** Address ranges that a token can be used from: checked at every request. @default anywhere */
  readonly tokenBoundCidrs?: readonly string[];
}

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

  /** @throws ConstructError `ERR_PROPS` with all problems at once. */
  constructor(scope: Construct, id: string, props: VaultAwsAuthProps) {
    super(scope, id);
    const { name, mount = 'aws', tokenPeriodSeconds = ceiling(props.policy), tokenBoundCidrs } = props;
    refuseProps(this, problemsOf({ ...props, mount, tokenPeriodSeconds }));
    this.name = name;
    this.mount = mount;

    const method = knownAs(new AuthBackend(this, 'method', { type: 'aws', path: this.mount }), this.mount);
    const client = new AwsAuthBackendClient(this, 'client', {
      backend: method.path,
      iamServerIdHeaderValue: props.serverId,
      stsRegion: props.region,
      stsEndpoint: `https://sts.${props.region}.${suffixOf(props.region)}`,
    });
    knownAs(client, this.mount);
    const role = new AwsAuthBackendRole(this, 'role', {
      backend: method.path,
      role: this.name,
      authType: 'iam',
      boundIamPrincipalArns: [props.boundRoleArn],
      // By ARN: to know the role by its ID, Vault would need access to the account. Nothing is lost: whoever can make
      // another role of this name there can also change who may assume the present one.
      resolveAwsUniqueIds: false,
      tokenPolicies: [policyOf(this, this.name, this.rules)],
      tokenNoDefaultPolicy: true,
      tokenPeriod: tokenPeriodSeconds,
      ...(tokenBoundCidrs && { tokenBoundCidrs: [...tokenBoundCidrs] }),
      ...checkedBy([
        ...secondsLater('tokenPeriodSeconds', tokenPeriodSeconds, props.policy),
        ...cidrsLater('tokenBoundCidrs', tokenBoundCidrs),
      ]),
    });
    knownAs(role, this.mount, this.name.toLowerCase());
  }

  grant(...rules: readonly PolicyRule[]): void {
    this.rules.push(...rules);
  }
}

function problemsOf(props: VaultAwsAuthProps & { mount: string; tokenPeriodSeconds: number }): Problem[] {
  return [
    ...policyNameProblems('name', props.name),
    ...methodProblems('mount', props.mount),
    ...roleArnProblems('boundRoleArn', props.boundRoleArn),
    ...hostProblems('serverId', props.serverId),
    ...regionProblems('region', props.region),
    ...secondsProblems('tokenPeriodSeconds', props.tokenPeriodSeconds, props.policy),
    ...cidrProblems('tokenBoundCidrs', props.tokenBoundCidrs),
  ];
}
