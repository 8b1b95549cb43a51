import { Construct } from 'constructs';
import { DatabaseRole } from './database-role';
import type { Grantee } from '../policy/grantee';
import { vaultName } from '../checks';
import type { PostgresConnection } from './postgres-connection';

export interface PostgresRoleProps {
  readonly connection: PostgresConnection;
  /** Name of the role, which the app leases by. */
  readonly name: string;
  /** Group role that holds the grants. Leased users are members of it, and hold nothing themselves. */
  readonly memberOf: string;
  /** Group role that gets what a leased user owned when its lease ends. */
  readonly owner: string;
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
 *   owner: 'orders_owner',
 * });
 * role.grantLease(login);
 */
export class PostgresRole extends Construct {
  private readonly role: DatabaseRole;

  /** @throws ConstructError `ERR_VAULT_NAME` */
  constructor(scope: Construct, id: string, props: PostgresRoleProps) {
    super(scope, id);
    const memberOf = vaultName(this, 'a PostgreSQL role', props.memberOf);
    const owner = vaultName(this, 'a PostgreSQL role', props.owner);
    this.role = new DatabaseRole(this, 'lease', {
      connection: props.connection,
      name: props.name,
      creationStatements: [
        `CREATE ROLE "{{name}}" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' IN ROLE "${memberOf}";`,
      ],
      revocationStatements: revocation(owner),
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

/**
 * DROP ROLE alone fails when the role owns something, or when a session of it holds a lock. So, in this order: no new
 * session can begin, the running ones end, what the role owned gets another owner, what was granted to it is revoked.
 * REASSIGN OWNED needs membership in the role. Since PostgreSQL 16, CREATEROLE brings the ADMIN option but no
 * membership: Vault's user therefore grants the role to itself.
 */
function revocation(owner: string): string[] {
  return [
    `ALTER ROLE "{{name}}" NOLOGIN;`,
    `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = '{{name}}';`,
    `GRANT "{{name}}" TO CURRENT_USER WITH INHERIT TRUE, SET FALSE;`,
    `REASSIGN OWNED BY "{{name}}" TO "${owner}";`,
    `DROP OWNED BY "{{name}}";`,
    `DROP ROLE "{{name}}";`,
  ];
}
