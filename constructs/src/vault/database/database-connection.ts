import type { DatabaseSecretBackendConnection } from '@cdktf/provider-vault/lib/database-secret-backend-connection';
import { GenericEndpoint } from '@cdktf/provider-vault/lib/generic-endpoint';
import type { TerraformResource } from 'cdktf';
import type { Construct } from 'constructs';
import { addressOf } from '../../core';
import type { DatabaseMount } from './database-mount';

/** A connection of a database mount, as roles see it. */
export interface DatabaseConnection {
  readonly mount: DatabaseMount;
  /** Name of the connection, by reference: what uses it is created after the connection. */
  readonly connectionName: string;
  /** Lets the role named `role` lease through this connection. */
  allow(role: string): void;
}

/**
 * Makes Vault replace the password that the connection was created with by one that only Vault knows: after the apply
 * the bootstrap password is dead. This happens once, and again when the version of the bootstrap password is raised,
 * which updates its `gates`.
 *
 * https://developer.hashicorp.com/vault/api-docs/secret/databases#rotate-root-credentials
 */
export function rotateRoot(
  scope: Construct,
  mount: DatabaseMount,
  connection: DatabaseSecretBackendConnection,
  gates: readonly TerraformResource[],
): GenericEndpoint {
  return new GenericEndpoint(scope, 'rotate-root', {
    path: `${mount.path}/rotate-root/${connection.name}`,
    dataJson: '{}',
    disableRead: true,
    disableDelete: true,
    dependsOn: [connection],
    lifecycle: { replaceTriggeredBy: gates.map(addressOf), createBeforeDestroy: true },
  });
}
