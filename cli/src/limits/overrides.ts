import { overridesSchema, type OrganisationLimits } from '@portcullis/runtime';
import { messageOf } from '../errors';
import { VaultError } from '../engines/vault-client';
import type { Config } from '../config/define-config';
import { vaultFromEnvironment } from '../connections/vault';

/** The limits of single organisations, as services read them; or the reason why they are not known. */
export type KnownOverrides = OrganisationLimits | { readonly unknown: string };

/** Reads them with VAULT_ADDR and VAULT_TOKEN. Never rejects: usage can be shown without them. */
export async function readOverrides(
  { policy, vault }: Config,
  env: NodeJS.ProcessEnv,
): Promise<KnownOverrides> {
  try {
    const path = `${vault.kv}/data/${vault.limitsEntry}`;
    const { data } = await vaultFromEnvironment(env).read<{ data: { data: unknown } }>(path);
    return overridesSchema(policy).parse(data.data);
  } catch (error) {
    // Nobody has written an entry yet: every organisation has the limits of its tier.
    if (error instanceof VaultError && error.status === 404) return overridesSchema(policy).parse({});
    return { unknown: messageOf(error) };
  }
}
