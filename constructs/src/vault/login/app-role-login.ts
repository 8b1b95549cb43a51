import { ApproleAuthBackendRole } from '@cdktf/provider-vault/lib/approle-auth-backend-role';
import { Construct } from 'constructs';
import { knownAs, refuseProps } from '../../core';
import { checkedBy } from '../../core/props/later';
import {
  ceiling,
  cidrProblems,
  cidrsLater,
  policyNameProblems,
  secondsLater,
  secondsProblems,
  type Lifetimes,
} from '../checks';
import { madeAs } from '../../core/props/checks';
import { policyOf, type Grantee } from '../policy/grantee';
import type { PolicyRule } from '../policy/policy-document';
import { AppRoleMount, type LoginMethod } from './app-role-mount';
import { OWN_TOKEN } from './service-token';

/** Properties of {@link AppRoleLogin}. */
export interface AppRoleLoginProps {
  /** Name of the role and of its policy. */
  readonly name: string;
  /** The AppRole method that it is a role of. @default one of its own, mounted at 'approle' */
  readonly mount?: LoginMethod;
  /**
   * Period of the tokens, in seconds. A process that renews in time keeps its token for ever. A process that is gone
   * loses its token, and every lease with it, at most this long after its last renewal. At most an hour, and what the
   * policy says. @default the longest
   */
  readonly tokenPeriodSeconds?: number;
  /** How long an unused secret ID can log in, in seconds; at most as long as a token's period. @default 600, or less */
  readonly secretIdTtlSeconds?: number;
  /** The API's policy: nothing lives longer than its `lifetimes.credential`. @default an hour is the longest */
  readonly policy?: Lifetimes;
  /** Address ranges that a secret ID can log in from: checked at the login. @default anywhere */
  readonly secretIdBoundCidrs?: readonly string[];
  /** Address ranges that a token can be used from: checked at every request. @default anywhere */
  readonly tokenBoundCidrs?: readonly string[];
}

/**
 * An AppRole: lets one service log in with a role ID and a secret ID of a single use, and do exactly what is granted
 * to it (`entry.grantRead(login)`, `role.grantLease(login)`), by exact paths. It provisions one role and one policy, and
 * the auth method unless it is given one.
 *
 * Secret IDs are never created here: they would be in the state. {@link WrappedSecretIdMinter} says who may create
 * them.
 *
 * https://developer.hashicorp.com/vault/docs/auth/approle
 *
 * @example
 * const login = new AppRoleLogin(this, 'login', { name: 'orders', tokenBoundCidrs: ['10.0.0.0/16'] });
 * new WrappedSecretIdMinter(this, 'orchestrator', { login });
 */
export class AppRoleLogin extends Construct implements Grantee {
  readonly name: string;
  readonly mount: string;
  private readonly rules: PolicyRule[] = [...OWN_TOKEN];

  /** @throws ConstructError `ERR_PROPS` with all problems at once. */
  constructor(scope: Construct, id: string, props: AppRoleLoginProps) {
    super(scope, id);
    const { name, policy, secretIdBoundCidrs, tokenBoundCidrs } = props;
    const longest = ceiling(policy);
    const { tokenPeriodSeconds = longest, secretIdTtlSeconds = Math.min(600, longest) } = props;
    refuseProps(this, [
      ...policyNameProblems('name', name),
      ...(props.mount === undefined ? [] : madeAs('mount', props.mount, 'pathName', 'an AppRoleMount')),
      ...secondsProblems('tokenPeriodSeconds', tokenPeriodSeconds, policy),
      ...secondsProblems('secretIdTtlSeconds', secretIdTtlSeconds, policy),
      ...cidrProblems('secretIdBoundCidrs', secretIdBoundCidrs),
      ...cidrProblems('tokenBoundCidrs', tokenBoundCidrs),
    ]);
    this.name = name;
    const method = props.mount ?? new AppRoleMount(this, 'method');
    this.mount = method.pathName;

    const role = new ApproleAuthBackendRole(this, 'role', {
      backend: method.path,
      roleName: this.name,
      tokenPolicies: [policyOf(this, this.name, this.rules)],
      tokenNoDefaultPolicy: true,
      tokenPeriod: tokenPeriodSeconds,
      secretIdNumUses: 1,
      secretIdTtl: secretIdTtlSeconds,
      ...(secretIdBoundCidrs && { secretIdBoundCidrs: [...secretIdBoundCidrs] }),
      ...(tokenBoundCidrs && { tokenBoundCidrs: [...tokenBoundCidrs] }),
      ...checkedBy([
        ...secondsLater('tokenPeriodSeconds', tokenPeriodSeconds, policy),
        ...secondsLater('secretIdTtlSeconds', secretIdTtlSeconds, policy),
        ...cidrsLater('secretIdBoundCidrs', secretIdBoundCidrs),
        ...cidrsLater('tokenBoundCidrs', tokenBoundCidrs),
      ]),
    });
    knownAs(role, this.mount, this.name.toLowerCase());
  }

  grant(...rules: readonly PolicyRule[]): void {
    this.rules.push(...rules);
  }
}
