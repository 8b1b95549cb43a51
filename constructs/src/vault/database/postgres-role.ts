import { Construct } from 'constructs';
import { DatabaseRole } from './database-role';
import type { Grantee } from '../policy/grantee';
import type { Problem } from '@portcullis/runtime/policy';
import { refuseProps } from '../../core';
import { unlike } from '../../core/props/checks';
import { known } from '../../core/props/later';
import { nameProblems } from '../checks';
import { revocationStatements } from './postgres-revocation';
import { connectionProblems, type PostgresServer } from './database-connection';

/** Properties of {@link PostgresRole}. */
export interface PostgresRoleProps {
  /** A {@link PostgresConnection}, or one that exists already: `PostgresConnection.at(…)`. */
  readonly connection: PostgresServer;
  /** Name of the role, which the app leases by. */
  readonly name: string;
  /**
   * Group role that holds the grants. Leased users are members of it, and hold nothing themselves. When a lease ends, it
   * gets what the user owned, so that later users reach that.
   */
  readonly memberOf: string;
  /**
   * Group role as which leased users work from the start of each session (`SET ROLE`), and which gets what they owned.
   * Whatever they make is its own, and the next user reaches it at once: for migrations. They may do all that it may, so
   * a service has none. @default users work as themselves
   */
  readonly owner?: string;
}

/**
 * A role of the database secrets engine that leases PostgreSQL users: members of one group role, which are removed with
 * everything they held when the lease ends.
 *
 * https://developer.hashicorp.com/vault/docs/secrets/databases/postgresql
 *
 * @example
 * const role = new PostgresRole(this, 'role', {
 *   connection: postgres,
 *   name: 'orders-role',
 *   memberOf: 'orders_app',
 * });
 * role.grantLease(login);
 *
 * // For the job that migrates: its tables are the owner's.
 * new PostgresRole(this, 'migrations', {
 *   connection: postgres,
 *   name: 'orders-migrations',
 *   memberOf: 'orders_owner',
 *   owner: 'orders_owner',
 * });
 */
export class PostgresRole extends Construct {
  private readonly role: DatabaseRole;

  /** @throws ConstructError `ERR_PROPS` with all problems at once. */
  constructor(scope: Construct, id: string, props: PostgresRoleProps) {
    super(scope, id);
    refuseProps(this, problemsOf(props));
    const { memberOf, owner } = props;
    const groups = [...new Set([memberOf, owner ?? memberOf])].map((group) => `"${group}"`).join(', ');
    this.role = new DatabaseRole(this, 'lease', {
      connection: props.connection,
      name: props.name,
      creationStatements: [
        `CREATE ROLE "{{name}}" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' IN ROLE ${groups};`,
        ...(owner === undefined ? [] : [`ALTER ROLE "{{name}}" SET role TO "${owner}";`]),
      ],
      revocationStatements: revocationStatements(owner ?? memberOf),
    });
  }

  get name(): string {
    return this.role.name;
  }

  /** Lets `grantee` lease users of this role and end them early. */
  grantLease(grantee: Grantee): void {
    this.role.grantLease(grantee);
  }
}

function problemsOf({ connection, name, memberOf, owner }: PostgresRoleProps): Problem[] {
  return [
    ...connectionProblems('connection', connection, 'postgres'),
    ...nameProblems('name', name),
    ...groupProblems('memberOf', memberOf, (connection as PostgresServer | undefined)?.username),
    ...(owner === undefined
      ? []
      : groupProblems('owner', owner, (connection as PostgresServer | undefined)?.username)),
  ];
}

/** Roles that may do everything, or that the server has itself: reading its files, running programs as it. */
const POWERFUL = /^(pg_.*|postgres|rdsadmin|rds_.*|cloudsql.*|alloydb.*|azure.*|public|none)$/i;

/** A group role stands in statements, in quotes: nothing in it may end them. */
function groupProblems(path: string, group: string, admin: string | undefined): Problem[] {
  const before = known(path, group, 'it stands in statements');
  if (before.length > 0) return before;
  const wrong = unlike(
    path,
    group,
    /^[a-z_][a-z0-9_-]{0,62}$/i,
    'the name of a group role: letters, digits, "_" and "-"',
  );
  if (wrong.length > 0 || !(POWERFUL.test(group) || group === admin)) return wrong;
  const message = `received ${JSON.stringify(group)}, a role of the server's own or of Vault; expected a group role that holds the grants of this API alone`;
  return [{ path, message }];
}
