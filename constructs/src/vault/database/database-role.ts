import { DatabaseSecretBackendRole } from '@cdktf/provider-vault/lib/database-secret-backend-role';
import { Construct } from 'constructs';
import { refuseCollisions } from '../collisions';
import type { DatabaseConnection } from './database-connection';
import type { Grantee } from '../policy/grantee';
import type { PolicyRule } from '../policy/policy-document';
import { knownAs, refuseProps } from '../../core';
import { nameProblems } from '../checks';

/** Properties of {@link DatabaseRole}. */
export interface DatabaseRoleProps {
  /** The connection that its users are made through. */
  readonly connection: DatabaseConnection;
  /** Name of the role, which the app leases by. */
  readonly name: string;
  /** Statements that create the user, in the language of the database. */
  readonly creationStatements: readonly string[];
  /** Statements that remove the user. @default the database plugin's own */
  readonly revocationStatements?: readonly string[];
}

/**
 * A role of the database secrets engine. Its credentials are leased for the mount's `credentialSeconds`: the default
 * TTL is the maximum.
 *
 * https://developer.hashicorp.com/vault/api-docs/secret/databases#create-role
 */
export class DatabaseRole extends Construct {
  readonly name: string;
  private readonly mountPath: string;

  /** @throws ConstructError `ERR_PROPS` */
  constructor(scope: Construct, id: string, props: DatabaseRoleProps) {
    super(scope, id);
    refuseCollisions(this);
    const { connection } = props;
    refuseProps(this, nameProblems('name', props.name));
    this.name = props.name;
    this.mountPath = connection.mount.pathName;
    connection.allow(this.name, this);
    const role = new DatabaseSecretBackendRole(this, 'role', {
      backend: connection.mount.path,
      name: this.name,
      dbName: connection.connectionName,
      creationStatements: [...props.creationStatements],
      ...(props.revocationStatements && { revocationStatements: [...props.revocationStatements] }),
      defaultTtl: connection.mount.credentialSeconds,
      maxTtl: connection.mount.credentialSeconds,
    });
    knownAs(role, this.mountPath, this.name);
  }

  /** Lets `grantee` lease a credential of this role, and revoke leases of this role before they end. */
  grantLease(grantee: Grantee): void {
    const path = `${this.mountPath}/creds/${this.name}`;
    grantee.grant(
      { path, capabilities: ['read'], reason: `lease a user of ${this.name}` },
      endLease(path, `end a lease of ${this.name} early`),
    );
  }
}

/**
 * Allows `PUT sys/leases/revoke/<lease id>` for the leases of `path`, as in `database/creds/orders-role`. A `lease_id` in
 * the request's body would win over the path, and revoke any lease. The rule denies that parameter.
 *
 * @example
 * login.grant(endLease('database/creds/orders-role', 'end a lease of orders-role early'));
 */
export function endLease(path: string, reason: string): PolicyRule {
  return {
    path: `sys/leases/revoke/${path}/*`,
    capabilities: ['update'],
    deniedParameters: ['lease_id'],
    reason: `${reason}; the lease is named by the path alone`,
  };
}
