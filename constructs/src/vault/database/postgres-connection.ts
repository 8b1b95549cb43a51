import { DatabaseSecretBackendConnection } from '@cdktf/provider-vault/lib/database-secret-backend-connection';
import { Lazy } from 'cdktf';
import { Construct } from 'constructs';
import { refuseProviderDebugLog, type SecretInput } from '../../core';
import { firstWrite, rotateRoot, type DatabaseConnection } from './database-connection';
import type { DatabaseMount } from './database-mount';
import { hostName, vaultName } from '../checks';

/** What a connection to PostgreSQL is unless its props say otherwise. */
export const DEFAULTS = { port: 5_432, sslMode: 'verify-full', username: 'vault_admin' } as const;

export interface PostgresConnectionProps {
  readonly mount: DatabaseMount;
  /** Name of the connection. */
  readonly name: string;
  readonly host: string;
  /** @default 5432 */
  readonly port?: number;
  readonly database: string;
  /** `sslmode` as libpq has it. `disable` is for loopback. @default 'verify-full' */
  readonly sslMode?: 'verify-full' | 'verify-ca' | 'require' | 'disable';
  /** Vault's own user: LOGIN CREATEROLE, never a superuser, used by nobody else. @default 'vault_admin' */
  readonly username?: string;
  /** That user's password up to this deploy, which makes Vault replace it. */
  readonly bootstrapPassword: SecretInput;
}

/**
 * Vault's connection to a PostgreSQL database, of the plugin `postgresql-database-plugin`. It provisions the
 * connection, and rotates the root credentials in the same apply: the bootstrap password is dead afterwards. A connection
 * that somebody deleted in Vault is created anew, which needs a bootstrap password again.
 *
 * https://developer.hashicorp.com/vault/docs/secrets/databases/postgresql
 *
 * @example
 * const postgres = new PostgresConnection(this, 'postgres', {
 *   mount: database,
 *   name: 'postgres',
 *   host: 'db.example.com',
 *   database: 'orders',
 *   bootstrapPassword: new SecretVariable(this, 'admin-password', {
 *     name: 'postgres_admin_password',
 *     description: 'Password of vault_admin',
 *     version: 1,
 *   }),
 * });
 */
export class PostgresConnection extends Construct implements DatabaseConnection {
  readonly mount: DatabaseMount;
  readonly connectionName: string;
  private readonly roles = new Set<string>();

  /** @throws ConstructError `ERR_VAULT_NAME`, `ERR_HOST` or `ERR_PROVIDER_LOG` */
  constructor(scope: Construct, id: string, props: PostgresConnectionProps) {
    super(scope, id);
    this.mount = props.mount;
    refuseProviderDebugLog(this);
    const { host, database, bootstrapPassword } = props;
    const { port = DEFAULTS.port, sslMode = DEFAULTS.sslMode, username = DEFAULTS.username } = props;
    const name = vaultName(this, 'the name of a connection', props.name);
    const connectionUrl = `postgresql://{{username}}:{{password}}@${hostName(this, host)}:${port}/${database}?sslmode=${sslMode}`;
    const bootstrap = firstWrite(this, {
      mount: this.mount,
      name,
      settings: {
        plugin_name: 'postgresql-database-plugin',
        connection_url: connectionUrl,
        username,
        verify_connection: false, // the password is write-only, and comes next
      },
      required: bootstrapPassword.required,
      gates: bootstrapPassword.gates,
    });
    const connection = new DatabaseSecretBackendConnection(this, 'connection', {
      backend: this.mount.path,
      name,
      allowedRoles: Lazy.listValue({ produce: () => [...this.roles] }),
      verifyConnection: true,
      postgresql: {
        connectionUrl,
        username,
        passwordWo: bootstrapPassword.expression,
        passwordWoVersion: bootstrapPassword.version,
        passwordAuthentication: 'scram-sha-256', // hashed by Vault: the server's log never sees a password
      },
      dependsOn: [bootstrap, ...bootstrapPassword.gates],
    });
    this.connectionName = connection.name;
    rotateRoot(this, this.mount, connection, bootstrapPassword.gates);
  }

  allow(role: string): void {
    this.roles.add(role);
  }
}
