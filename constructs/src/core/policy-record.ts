import type { Policy } from '@portcullis/runtime/policy';
import { TerraformResource } from 'cdktf';
import { Construct } from 'constructs';
import { knownAs } from './naming/identity';
import { literal } from './props/literal';

/** Properties of {@link PolicyRecord}. */
export interface PolicyRecordProps {
  /** The API's policy. */
  readonly policy: Policy;
}

/**
 * Keeps the API's policy in the environment's state, so that every plan shows what changes in it: tiers, routes,
 * lifetimes, whom it trusts. It is a `terraform_data`, and provisions nothing else. A policy holds no secret.
 *
 * https://developer.hashicorp.com/terraform/language/resources/terraform-data
 *
 * @example
 * new PolicyRecord(this, 'policy', { policy });
 */
export class PolicyRecord extends Construct {
  constructor(scope: Construct, id: string, { policy }: PolicyRecordProps) {
    super(scope, id);
    knownAs(this, policy.name);
    // Not cdktf's DataResource: each of those runs the engine at synth, just to ask for its version.
    const record = new TerraformResource(this, 'record', { terraformResourceType: 'terraform_data' });
    // JSON leaves the policy's methods out.
    record.addOverride('input', {
      policy: JSON.parse(literal(JSON.stringify(policy))) as unknown,
    });
  }
}
