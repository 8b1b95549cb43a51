import { ApproleAuthBackendRole } from '@cdktf/provider-vault/lib/approle-auth-backend-role';
import { AuthBackend } from '@cdktf/provider-vault/lib/auth-backend';
import { Construct } from 'constructs';
import { cidrs, ttlSeconds, vaultName } from '../checks';
import { policyOf, type Grantee } from '../policy/grantee';
import type { PolicyRule } from '../policy/policy-document';
import { OWN_TOKEN, TOKEN_PERIOD_SECONDS } from './service-token';

export interface AppRoleLoginProps {
  /** Name of the role and of its policy. */
  readonly name: string;
  /** Mount of the AppRole method, which this construct creates. @default 'approle' */
  readonly mount?: string;
  /**
   * Period of the tokens, in seconds. A process that renews in time keeps its token for ever. A process that is gone
   * loses its token, and every lease with it, at most this long after its last renewal. @default 3600
   */
  readonly tokenPeriodSeconds?: number;
  /** How long an unused secret ID can log in, in seconds. @default 600 */
  readonly secretIdTtlSeconds?: number;
  /** Address ranges that a secret ID can log in from: checked at the login. @default anywhere */
  readonly secretIdBoundCidrs?: readonly string[];
  /** Address ranges that a token can be used from: checked at every request. @default anywhere */
  readonly tokenBoundCidrs?: readonly string[];
}

/**
 * An AppRole: lets one service log in with a role ID and a secret ID of a single use, and do exactly what is granted
 * to it (`entry.grantRead(login)`, `role.grantLease(login)`), by exact paths. It provisions the auth method `approle`,
 * one role and one policy.
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

  /** @throws ConstructError `ERR_VAULT_NAME`, `ERR_DURATION` or `ERR_CIDR`. */
  constructor(scope: Construct, id: string, props: AppRoleLoginProps) {
    super(scope, id);
    this.name = vaultName(this, 'the name of an AppRole', props.name);
    this.mount = vaultName(this, 'the mount of AppRole', props.mount ?? 'approle');

    const method = new AuthBackend(this, 'method', { type: 'approle', path: this.mount });
    new ApproleAuthBackendRole(this, 'role', {
      backend: method.path,
      roleName: this.name,
      tokenPolicies: [policyOf(this, this.name, this.rules)],
      tokenNoDefaultPolicy: true,
      tokenPeriod: ttlSeconds(this, 'the period of tokens', props.tokenPeriodSeconds ?? TOKEN_PERIOD_SECONDS),
      secretIdNumUses: 1,
      secretIdTtl: ttlSeconds(this, 'the TTL of secret IDs', props.secretIdTtlSeconds ?? 600),
      ...(props.secretIdBoundCidrs && { secretIdBoundCidrs: cidrs(this, props.secretIdBoundCidrs) }),
      ...(props.tokenBoundCidrs && { tokenBoundCidrs: cidrs(this, props.tokenBoundCidrs) }),
    });
  }

  grant(...rules: readonly PolicyRule[]): void {
    this.rules.push(...rules);
  }
}
