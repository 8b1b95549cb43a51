import { Construct } from 'constructs';
import { refuseProps } from '../../core';
import { policyNameProblems } from '../checks';
import { policyOf, type Grantee } from './grantee';
import type { PolicyRule } from './policy-document';

/** Properties of {@link SupportAccess}. */
export interface SupportAccessProps {
  /** Name of the policy, as in `fintech-api-support`. */
  readonly name: string;
}

/**
 * An ACL policy for people in support. They may do what is granted to it (`mount.grantWrite(support, …)`,
 * `role.grantLease(support)`), by exact paths. Which people have it is configured in the method that they log in
 * with.
 *
 * https://developer.hashicorp.com/vault/docs/concepts/policies
 *
 * @example
 * const support = new SupportAccess(this, 'support', { name: 'orders-support' });
 * secret.grantWrite(support, 'orders/limits');
 */
export class SupportAccess extends Construct implements Grantee {
  private readonly rules: PolicyRule[] = [];

  /** @throws ConstructError `ERR_PROPS` */
  constructor(scope: Construct, id: string, props: SupportAccessProps) {
    super(scope, id);
    refuseProps(this, policyNameProblems('name', props.name));
    policyOf(this, props.name, this.rules);
  }

  grant(...rules: readonly PolicyRule[]): void {
    this.rules.push(...rules);
  }
}
