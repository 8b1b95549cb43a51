import { DataVaultGenericSecret } from '@cdktf/provider-vault/lib/data-vault-generic-secret';
import type { Construct } from 'constructs';
import { refuseProps } from '../../core';
import { madeAs } from '../../core/props/checks';
import { nameProblems } from '../checks';
import type { DatabaseConnection } from './database-connection';
import type { DatabaseEngine } from './database-mount';

/** A connection that exists already. */
export interface ExistingConnectionProps {
  /** The engine that it is in, as a rule `DatabaseMount.at(…)`. */
  readonly mount: DatabaseEngine;
  /** Name of the connection. */
  readonly name: string;
}

/**
 * A connection that somebody else owns. It is never written: who may use it (`allowed_roles`) is read while planning, and
 * the plan fails where a role is missing, with the line for its owner.
 *
 * @param kind what is at its other end.
 */
export function existingConnection<K extends DatabaseConnection['kind']>(
  kind: K,
  { mount, name }: ExistingConnectionProps,
): DatabaseConnection & { readonly kind: K } {
  refuseProps(kind === 'postgres' ? 'PostgresConnection.at()' : 'RedisConnection.at()', [
    ...madeAs('mount', mount, 'credentialSeconds', 'a DatabaseMount, or DatabaseMount.at()'),
    ...nameProblems('name', name),
  ]);
  return {
    kind,
    mount,
    connectionName: name,
    allow: (role, scope) => requireAllowed(scope, `${mount.path}/config/${name}`, role),
  };
}

/** The provider takes the answer for secret. It names the server and who may use it; Vault leaves the password out. */
const ALLOWED = 'jsondecode(nonsensitive(self.data["allowed_roles"]))';

function requireAllowed(scope: Construct, path: string, role: string): void {
  // Vault takes "*" for anything, in whatever place.
  const matches = `can(regex("^\${replace(allowed, "*", ".*")}$", "${role}"))`;
  new DataVaultGenericSecret(scope, 'connection', {
    path,
    lifecycle: {
      postcondition: [
        {
          condition: `\${anytrue([for allowed in ${ALLOWED} : ${matches}])}`,
          errorMessage: `${path} does not lend users of ${role}. Whoever owns this connection has to add it, here or in code: vault write ${path} allowed_roles="\${join(",", concat(${ALLOWED}, ["${role}"]))}"`,
        },
      ],
    },
  });
}
