/** Several APIs on one Vault: each its own login, users and entries, on mounts that all of them share. */
import {
  AppRoleLogin,
  AppRoleMount,
  DatabaseMount,
  KvMount,
  PostgresConnection,
  PostgresRole,
  WrappedSecretIdMinter,
} from '@portcullis/constructs';
import { Construct } from 'constructs';

export interface TeamAccessProps {
  /** Name of the API: of its role, of its policy, and the folder of its entries. */
  readonly api: string;
  /** The group role of PostgreSQL that its users are members of. */
  readonly memberOf: string;
}

/** What one API has in Vault. It can read no entry and lease no user of another one. */
export class TeamAccess extends Construct {
  constructor(scope: Construct, id: string, { api, memberOf }: TeamAccessProps) {
    super(scope, id);
    // The platform team's: nothing of these is created, changed or destroyed.
    const mount = AppRoleMount.at('machines');
    const entries = KvMount.at('shared');
    const connection = PostgresConnection.at({ mount: DatabaseMount.at('databases'), name: 'postgres' });

    const login = new AppRoleLogin(this, 'login', { name: api, mount });
    new WrappedSecretIdMinter(this, 'orchestrator', { login });
    entries.grantRead(login, `${api}/config`);
    entries.grantRead(login, `${api}/limits`);
    new PostgresRole(this, 'users', { connection, name: `${api}-role`, memberOf }).grantLease(login);
  }
}
