import { DatabaseSecretBackendConnection } from '@cdktf/provider-vault/lib/database-secret-backend-connection';
import { isLoopback, type Problem } from '@portcullis/runtime/policy';
import { Fn, Lazy, Token, Tokenization } from 'cdktf';
import { Construct } from 'constructs';
import { refuseCollisions } from '../collisions';
import { knownAs, refuseProps, refuseProviderDebugLog, type SecretInput } from '../../core';
import { defined, noneOf, unlike } from '../../core/props/checks';
import { known } from '../../core/props/later';
import { secretProblems } from '../../core/secret-input';
import { firstWrite, rotateRoot, serverProblems, type PostgresServer } from './database-connection';
import type { DatabaseEngine } from './database-mount';
import { existingConnection, type ExistingConnectionProps } from './existing-connection';
import { USERNAME_TEMPLATE } from './postgres-name';

/** How Vault's connection is encrypted, as libpq has it. The first verifies most. */
const SSL_MODES = ['verify-full', 'verify-ca', 'require', 'disable'] as const;

/** What a connection to PostgreSQL is unless its props say otherwise. */
export const DEFAULTS = {
  port: 5_432,
  sslMode: 'verify-full',
  username: 'vault_admin',
  preventDestroy: true,
} as const;

/** Properties of {@link PostgresConnection}. */
export interface PostgresConnectionProps {
  /** The engine that it is in: a {@link DatabaseMount}, or `DatabaseMount.at(…)`. */
  readonly mount: DatabaseEngine;
  /** Name of the connection. */
  readonly name: string;
  /** Name or address of the server, as Vault reaches it. */
  readonly host: string;
  /** TCP port of the server. @default 5432 */
  readonly port?: number;
  /** Name of the database. */
  readonly database: string;
  /** `sslmode` as libpq has it. `disable` is for loopback alone. @default 'verify-full' */
  readonly sslMode?: (typeof SSL_MODES)[number];
  /** Vault's own user: LOGIN CREATEROLE, never a superuser, used by nobody else. @default 'vault_admin' */
  readonly username?: string;
  /** That user's password up to this deploy, which makes Vault replace it. */
  readonly bootstrapPassword: SecretInput;
  /**
   * Whether the engine refuses to destroy the connection: nobody but Vault has its user's password. @default true
   */
  readonly preventDestroy?: boolean;
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
export class PostgresConnection extends Construct implements PostgresServer {
  readonly kind = 'postgres';
  readonly mount: DatabaseEngine;
  readonly connectionName: string;
  /** Vault's own user. */
  readonly username: string;
  private readonly roles = new Set<string>();

  /** @throws ConstructError `ERR_PROPS` with all problems at once, or `ERR_PROVIDER_LOG` */
  constructor(scope: Construct, id: string, props: PostgresConnectionProps) {
    super(scope, id);
    this.mount = props.mount;
    refuseProviderDebugLog(this);
    refuseCollisions(this);
    const told = { ...DEFAULTS, ...defined(props) };
    refuseProps(this, problemsOf(this, told));
    const { preventDestroy, name, host, port, database, sslMode, username, bootstrapPassword } = told;
    knownAs(this, this.mount.pathName, name);
    const connectionUrl = `postgresql://{{username}}:{{password}}@${host}:${Tokenization.stringifyNumber(port)}/${inUrl(database)}?sslmode=${sslMode}`;
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
        usernameTemplate: USERNAME_TEMPLATE,
        passwordWo: bootstrapPassword.expression,
        passwordWoVersion: bootstrapPassword.version,
        passwordAuthentication: 'scram-sha-256', // hashed by Vault: the server's log never sees a password
      },
      dependsOn: [bootstrap, ...bootstrapPassword.gates],
      lifecycle: { preventDestroy },
    });
    this.connectionName = connection.name;
    this.username = username;
    rotateRoot(this, this.mount, connection, bootstrapPassword.gates);
  }

  /**
   * A connection that somebody else owns. Nothing is created, changed or destroyed. Its `allowed_roles` is read while
   * planning: the plan fails where a role is missing, and says what its owner has to add.
   *
   * @example
   * const existing = PostgresConnection.at({ mount: DatabaseMount.at('shared'), name: 'orders' });
   *
   * @throws ConstructError `ERR_PROPS` with all problems at once.
   */
  static at(props: ExistingConnectionProps): PostgresServer {
    return existingConnection('postgres', props);
  }

  allow(role: string): void {
    this.roles.add(role);
  }
}

function problemsOf(
  scope: Construct,
  props: PostgresConnectionProps & Required<Pick<PostgresConnectionProps, keyof typeof DEFAULTS>>,
): Problem[] {
  const { host, database, sslMode, bootstrapPassword } = props;
  const clear = sslMode === 'disable' && !isLoopback(host);
  return [
    ...serverProblems(props),
    ...unlike(
      'database',
      database,
      /^[a-z_][a-z0-9_-]{0,62}$/i,
      'the name of a database: letters, digits, "_" and "-"',
    ),
    ...known('sslMode', sslMode, 'a connection in clear text is for loopback'),
    ...noneOf('sslMode', sslMode, SSL_MODES),
    ...(clear
      ? [{ path: 'sslMode', message: 'received "disable" for a host that is not on loopback; expected TLS' }]
      : []),
    ...secretProblems('bootstrapPassword', bootstrapPassword, scope),
  ];
}

/** A name that is known only at the apply may hold anything, and a parameter in a URL would win over the one that follows. */
function inUrl(database: string): string {
  return Token.isUnresolved(database) ? Fn.urlencode(database) : database;
}
