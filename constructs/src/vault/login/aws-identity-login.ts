import { JwtAuthBackendRole } from '@cdktf/provider-vault/lib/jwt-auth-backend-role';
import type { Problem } from '@portcullis/runtime/policy';
import { Fn, type Precondition } from 'cdktf';
import { Construct } from 'constructs';
import { knownAs, literal, refuseProps } from '../../core';
import { roleArnProblems } from '../../core/aws';
import { madeAs, unlike } from '../../core/props/checks';
import { checkedBy, isLater, later } from '../../core/props/later';
import {
  ceiling,
  cidrProblems,
  cidrsLater,
  policyNameProblems,
  secondsLater,
  secondsProblems,
  type Lifetimes,
} from '../checks';
import { policyOf, type Grantee } from '../policy/grantee';
import type { PolicyRule } from '../policy/policy-document';
import type { LoginMethod } from './app-role-mount';
import { OWN_TOKEN } from './service-token';

/** Properties of {@link AwsIdentityLogin}. */
export interface AwsIdentityLoginProps {
  /** Name of the role and of its policy. */
  readonly name: string;
  /** The method that it is a role of: an {@link AwsIdentityMethod}, of the role's account. */
  readonly method: LoginMethod;
  /** The IAM role whose holders may log in: the service's task role, and no pattern. */
  readonly roleArn: string;
  /** Who the tokens are for, as a rule Vault's address. The same as `awsWebIdentityToken()`'s. */
  readonly audience: string;
  /** Period of the tokens, in seconds, as of an {@link AppRoleLogin}. @default the longest */
  readonly tokenPeriodSeconds?: number;
  /** The API's policy: nothing lives longer than its `lifetimes.credential`. @default an hour is the longest */
  readonly policy?: Lifetimes;
  /** Address ranges that a login can come from, and a token be used from. @default anywhere */
  readonly tokenBoundCidrs?: readonly string[];
}

/**
 * Lets one service log in as the IAM role that it has, and do exactly what is granted to it (`entry.grantRead(login)`,
 * `role.grantLease(login)`). There is no secret: STS gives the role a token, by which Vault and OpenBao know it. It
 * provisions one role of a JWT method and one policy. The service has to be allowed to ask for the token:
 * `webIdentityAccess()` of `@portcullis/constructs/aws`.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_token_claims.html
 * https://developer.hashicorp.com/vault/docs/auth/jwt
 *
 * @example
 * const login = new AwsIdentityLogin(this, 'login', {
 *   name: 'orders',
 *   method: AwsIdentityMethod.at('aws'),
 *   roleArn: 'arn:aws:iam::333333333333:role/orders-task',
 *   audience: 'https://vault.example.com',
 * });
 * secret.grantRead(login, 'orders/limits');
 */
export class AwsIdentityLogin extends Construct implements Grantee {
  readonly name: string;
  readonly mount: string;
  private readonly rules: PolicyRule[] = [...OWN_TOKEN];

  /** @throws ConstructError `ERR_PROPS` with all problems at once. */
  constructor(scope: Construct, id: string, props: AwsIdentityLoginProps) {
    super(scope, id);
    const { name, method, roleArn, audience, policy, tokenBoundCidrs } = props;
    const { tokenPeriodSeconds = ceiling(policy) } = props;
    refuseProps(this, problemsOf({ ...props, tokenPeriodSeconds }));
    this.name = name;
    this.mount = method.pathName;

    const role = new JwtAuthBackendRole(this, 'role', {
      backend: method.path,
      roleName: name,
      roleType: 'jwt',
      userClaim: 'sub',
      boundSubject: roleArn,
      boundAudiences: [literal(audience)],
      tokenPolicies: [policyOf(this, name, this.rules)],
      tokenNoDefaultPolicy: true,
      tokenPeriod: tokenPeriodSeconds,
      ...(tokenBoundCidrs && { tokenBoundCidrs: [...tokenBoundCidrs] }),
      ...checkedBy([
        ...roleLater(roleArn),
        ...secondsLater('tokenPeriodSeconds', tokenPeriodSeconds, policy),
        ...cidrsLater('tokenBoundCidrs', tokenBoundCidrs),
      ]),
    });
    knownAs(role, this.mount, name.toLowerCase());
  }

  grant(...rules: readonly PolicyRule[]): void {
    this.rules.push(...rules);
  }
}

/** Bound to no subject, every role of the account could log in. */
function roleLater(roleArn: string): Precondition[] {
  if (!isLater(roleArn)) return [];
  const pattern = '^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+$';
  return [
    later(Fn.can(Fn.regex(pattern, roleArn)), 'roleArn', 'the ARN of one IAM role, without a wildcard'),
  ];
}

function problemsOf(props: AwsIdentityLoginProps & { tokenPeriodSeconds: number }): readonly Problem[] {
  return [
    ...policyNameProblems('name', props.name),
    ...madeAs('method', props.method, 'pathName', 'an AwsIdentityMethod'),
    ...roleArnProblems('roleArn', props.roleArn),
    ...unlike(
      'audience',
      props.audience,
      /^\S+$/,
      "Vault's address: without it, tokens made for others log in",
    ),
    ...secondsProblems('tokenPeriodSeconds', props.tokenPeriodSeconds, props.policy),
    ...cidrProblems('tokenBoundCidrs', props.tokenBoundCidrs),
  ];
}
