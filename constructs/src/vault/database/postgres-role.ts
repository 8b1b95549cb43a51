import { Construct } from 'constructs';
import { DatabaseRole } from './database-role';
import type { Grantee } from '../policy/grantee';
import { vaultName } from '../checks';
import type { PostgresConnection } from './postgres-connection';

export interface PostgresRoleProps {
  readonly connection: PostgresConnection;
  readonly name: string;
  /** Group role that holds the grants; leased users are members and hold nothing themselves. */
  readonly memberOf: string;
  /** Group role that gets what a leased user owned when it goes. */
  readonly owner: string;
}

/** Leases PostgreSQL users: members of one group role, gone with all they held when the lease ends. */
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
 * DROP ROLE alone fails as soon as the role owns anything or a session holds a lock. In this order nothing
 * new begins, nothing runs, nothing is owned, nothing is granted. Since PostgreSQL 16 CREATEROLE brings
 * ADMIN, but not membership, which reassigning needs: so Vault's user grants it to itself.
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
