import { overridesSchema, type Overrides } from '@portcullis/runtime';
import { messageOf } from '../errors';
import { VaultError } from '../engines/vault-client';
import { policy } from '../../../policy';
import { vaultFromEnvironment } from '../vault';

/** The limits of single organisations, as services read them; or why nobody here can tell. */
export type KnownOverrides = { readonly overrides: Overrides } | { readonly unknown: string };

/** Reads them with VAULT_ADDR and VAULT_TOKEN. Never rejects: what was spent can be shown without. */
export async function readOverrides(env: NodeJS.ProcessEnv): Promise<KnownOverrides> {
  try {
    const path = `secret/data/${policy.name}/limits`;
    const { data } = await vaultFromEnvironment(env).read<{ data: { data: unknown } }>(path);
    const parsed = overridesSchema(policy).safeParse(data.data);
    if (parsed.success) return { overrides: parsed.data };
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    return { unknown: `services keep the last good version, because of ${problems.join('; ')}` };
  } catch (error) {
    // Nobody wrote an entry yet.
    if (error instanceof VaultError && error.status === 404) return { overrides: () => undefined };
    return { unknown: messageOf(error) };
  }
}
