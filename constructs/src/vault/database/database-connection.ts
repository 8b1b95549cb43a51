import type { DatabaseSecretBackendConnection } from '@cdktf/provider-vault/lib/database-secret-backend-connection';
import { GenericEndpoint } from '@cdktf/provider-vault/lib/generic-endpoint';
import type { TerraformResource } from 'cdktf';
import type { Construct } from 'constructs';
import { addressOf } from '../../core';
import type { DatabaseMount } from './database-mount';

/** A connection of a database mount, as roles see it. */
export interface DatabaseConnection {
  readonly mount: DatabaseMount;
  /** Name of the connection; a reference, so that what uses it is made after it. */
  readonly connectionName: string;
  /** Lets the role named `role` lease through this connection. */
  allow(role: string): void;
}

/**
 * Makes Vault replace the password that the connection was made with by one that only Vault knows: after
 * the apply the bootstrap password is dead. Done once, and again when the bootstrap password's version is
 * raised, which updates its `gates`.
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
