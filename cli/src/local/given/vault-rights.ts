/** What a token has to be allowed for a deploy, and for taking it back: asked before anything is changed. */
import type { VaultClient } from '../../engines/vault-client';
import type { VaultFootprint } from './footprint';

/** A path, and what may be done there. */
export interface Right {
  readonly path: string;
  readonly capabilities: readonly string[];
}

/** Everything that `npm start` asks of a Vault of the user's own, after what it only looks at. */
export function rightsFor({ mounts, authMethods, policies, written }: VaultFootprint): Right[] {
  const rights = (paths: readonly string[], ...capabilities: string[]): Right[] =>
    paths.map((path) => ({ path, capabilities }));
  const below = (prefix: string, names: readonly string[]): string[] => names.map((name) => prefix + name);
  return [
    ...rights(below('sys/mounts/', mounts), 'update', 'delete'),
    // Vault asks for sudo at these.
    ...rights(below('sys/auth/', authMethods), 'update', 'delete', 'sudo'),
    ...rights(below('sys/leases/revoke-prefix/', mounts), 'update', 'sudo'),
    ...rights(below('sys/policies/acl/', policies), 'read', 'update', 'delete'),
    ...rights(written, 'create', 'update'),
    // Without sudo, a token gives none but its own policies on.
    ...rights(['auth/token/create'], 'update', 'sudo'),
    ...rights(['auth/token/revoke-accessor'], 'update'),
    ...rights(['identity/entity-alias/id'], 'list'),
    ...rights(['identity/entity/id/any', 'identity/entity-alias/id/any'], 'delete'),
  ];
}

/** Which of these rights the token lacks. @throws what Vault answers */
export async function missingRights(vault: VaultClient, wanted: readonly Right[]): Promise<Right[]> {
  const { data = {} } = await vault.write('sys/capabilities-self', { paths: wanted.map(({ path }) => path) });
  return wanted.flatMap(({ path, capabilities }) => {
    const granted = (data[path] ?? []) as readonly string[];
    if (granted.includes('root')) return [];
    const missing = capabilities.filter((one) => !granted.includes(one));
    return missing.length === 0 ? [] : [{ path, capabilities: missing }];
  });
}
