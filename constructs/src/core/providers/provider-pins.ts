import type { TerraformStack } from 'cdktf';
import { noneOf } from '../props/checks';
import { refuseProps } from '../props/errors';

/**
 * The provider versions that stacks accept. The prebuilt bindings pin one exact version each, which would keep patch
 * releases out. In a shared environment the lock file pins the version that was reviewed.
 */
const ACCEPTED_VERSIONS = { vault: '~> 5.6', github: '~> 6.6', aws: '~> 6.13' } as const;

/**
 * Relaxes the exact version that a provider's bindings ask for. Call it once for each provider of a stack.
 *
 * @throws ConstructError `ERR_PROPS` for another provider.
 *
 * @example
 * relaxProviderPin(this, 'vault');
 */
export function relaxProviderPin(stack: TerraformStack, provider: keyof typeof ACCEPTED_VERSIONS): void {
  refuseProps(stack, noneOf('provider', provider, Object.keys(ACCEPTED_VERSIONS)));
  stack.addOverride(`terraform.required_providers.${provider}.version`, ACCEPTED_VERSIONS[provider]);
}
