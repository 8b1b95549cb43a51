import { basename } from 'node:path';

/** What plans and applies the synthesized stacks. */
export type Engine = 'opentofu' | 'terraform';

/**
 * The engine that cdktf is told to run. Whatever is not named `terraform` counts as OpenTofu. If that is wrong, the
 * engine stops at the `encryption` block, which it does not know; the opposite mistake would write the state in clear.
 *
 * @param binary the value of `TERRAFORM_BINARY_NAME`: a name or a path.
 */
export function engineOf(binary: string | undefined): Engine {
  const name = basename(binary ?? '')
    .toLowerCase()
    .replace(/\.exe$/, '');
  return /^terraform([-_.\d]|$)/.test(name) ? 'terraform' : 'opentofu';
}
