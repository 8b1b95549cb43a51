import { Construct } from 'constructs';
import type { Grantee } from './grantee';
import { policyOf } from './granted-policy';
import { vaultName } from '../checks';
import type { PolicyRule } from './policy-document';

export interface SupportAccessProps {
  /** Name of the policy, as in `fintech-api-support`. */
  readonly name: string;
}

/**
 * A policy for people in support: they get what is granted to it (`mount.grantWrite(support, …)`,
 * `role.grantLease(support)`), by exact paths. Who has it is said where people log in.
 */
export class SupportAccess extends Construct implements Grantee {
  private readonly rules: PolicyRule[] = [];

  /** @throws ConstructError `ERR_VAULT_NAME` */
  constructor(scope: Construct, id: string, props: SupportAccessProps) {
    super(scope, id);
    policyOf(this, vaultName(this, 'the name of a policy', props.name), this.rules);
  }

  grant(...rules: readonly PolicyRule[]): void {
    this.rules.push(...rules);
  }
}
