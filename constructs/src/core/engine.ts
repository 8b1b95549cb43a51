import { basename } from 'node:path';

/** What plans and applies the synthesized stacks. */
export type Engine = 'opentofu' | 'terraform';

/**
 * The engine that cdktf is told to run. Anything that is not named `terraform` counts as OpenTofu: being
 * wrong that way stops at the unknown `encryption` block, being wrong the other way would write the state
 * in clear.
 *
 * @param binary the value of `TERRAFORM_BINARY_NAME`: a name or a path.
 */
export function engineOf(binary: string | undefined): Engine {
  const name = basename(binary ?? '')
    .toLowerCase()
    .replace(/\.exe$/, '');
  return /^terraform([-_.\d]|$)/.test(name) ? 'terraform' : 'opentofu';
}
