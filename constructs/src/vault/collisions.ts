import { VaultProvider } from '@cdktf/provider-vault/lib/provider';
import { Token, type TerraformProvider, type TerraformStack } from 'cdktf';
import { collisionsIn, type Kind } from '../core/naming/collisions';

const MOUNT = { name: 'pathInput', mounted: true } as const;
const ROLE = { what: 'the role', within: 'backendInput', anyCase: true } as const;
const IN_ENGINE = { name: 'nameInput', within: 'backendInput' } as const;

/** What has a name in Vault. It lower-cases those of policies and roles. */
const KINDS: Readonly<Record<string, Kind>> = {
  vault_policy: { what: 'the policy', name: 'nameInput', anyCase: true },
  vault_mount: { what: 'the mount', ...MOUNT },
  vault_auth_backend: { what: 'the auth method', ...MOUNT, fallback: 'typeInput' },
  vault_jwt_auth_backend: { what: 'the auth method', ...MOUNT },
  vault_aws_auth_backend_client: { what: 'the client of the AWS method', within: 'backendInput' },
  vault_audit: { what: 'the audit device', ...MOUNT },
  vault_approle_auth_backend_role: { ...ROLE, name: 'roleNameInput' },
  vault_aws_auth_backend_role: { ...ROLE, name: 'roleInput' },
  vault_jwt_auth_backend_role: { ...ROLE, name: 'roleNameInput' },
  vault_database_secret_backend_role: { what: 'the database role', ...IN_ENGINE },
  vault_database_secret_backend_connection: { what: 'the connection', ...IN_ENGINE },
  vault_transit_secret_backend_key: { what: 'the key', ...IN_ENGINE },
  vault_kv_secret_v2: { what: 'the entry', name: 'nameInput', within: 'mountInput' },
};

/**
 * Has the synthesis refuse two things of one name in Vault. Stacks whose providers name the same address are one server;
 * without an address, each stack has a server of its own.
 *
 * @param scope any construct of the stack.
 */
export const refuseCollisions = collisionsIn({
  name: 'Vault',
  kinds: KINDS,
  placesIn: (stack) => {
    const main = providerOf(stack);
    return ({ provider = main, namespaceInput }) => ({
      shared: serverOf(provider),
      part: typeof namespaceInput === 'string' ? namespaceInput : '',
    });
  },
});

/** The provider of a stack's resources, unless they name another. */
function providerOf(stack: TerraformStack): VaultProvider | undefined {
  return stack.node
    .findAll()
    .find((one): one is VaultProvider => one instanceof VaultProvider && one.alias === undefined);
}

/** Address of the server that a provider names, with the namespace; undefined when the environment names it. */
function serverOf(given: TerraformProvider | undefined): string | undefined {
  const provider = given instanceof VaultProvider ? given : undefined;
  const address = provider?.addressInput;
  if (address === undefined || Token.isUnresolved(address)) return undefined;
  return `${address.replace(/\/+$/, '')} ${provider?.namespaceInput ?? ''}`;
}
