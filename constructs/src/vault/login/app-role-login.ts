import { ApproleAuthBackendRole } from '@cdktf/provider-vault/lib/approle-auth-backend-role';
import { AuthBackend } from '@cdktf/provider-vault/lib/auth-backend';
import { Construct } from 'constructs';
import type { Grantee } from '../policy/grantee';
import { OWN_TOKEN, cidrs, policyOf } from '../policy/granted-policy';
import { ttlSeconds, vaultName } from '../checks';
import type { PolicyRule } from '../policy/policy-document';

export interface AppRoleLoginProps {
  /** Name of the role and of its policy. */
  readonly name: string;
  /** Mount of the AppRole method, which this construct creates. @default 'approle' */
  readonly mount?: string;
  /**
   * Period of the tokens, in seconds: a process that renews in time keeps its token for ever, one that is
   * gone loses it, and every lease with it, at most this long after its last renewal. @default 3600
   */
  readonly tokenPeriodSeconds?: number;
  /** How long an unused secret ID can log in, in seconds. @default 600 */
  readonly secretIdTtlSeconds?: number;
  /** From where a secret ID can log in: checked at the login. @default anywhere */
  readonly secretIdBoundCidrs?: readonly string[];
  /** From where a token can be used: checked at every request. @default anywhere */
  readonly tokenBoundCidrs?: readonly string[];
}

/**
 * Lets one service log in with a role ID and a secret ID of a single use, and do exactly what is granted
 * to it (`entry.grantRead(login)`, `role.grantLease(login)`), by exact paths.
 *
 * Secret IDs are never created here: they would be in the state. {@link WrappedSecretIdMinter} says who may.
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
      tokenPeriod: ttlSeconds(this, 'the period of tokens', props.tokenPeriodSeconds ?? 3_600),
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
