import { DatabaseSecretBackendConnection } from '@cdktf/provider-vault/lib/database-secret-backend-connection';
import { isLoopback, type Problem } from '@portcullis/runtime/policy';
import { Lazy } from 'cdktf';
import { Construct } from 'constructs';
import { refuseCollisions } from '../collisions';
import { addressOf, knownAs, refuseProps, refuseProviderDebugLog, type ThrowawayPassword } from '../../core';
import { defined, noneOf, unlike } from '../../core/props/checks';
import { known } from '../../core/props/later';
import { throwawayProblems } from '../../core/secret-input';
import { firstWrite, rotateRoot, serverProblems, type RedisServer } from './database-connection';
import type { DatabaseEngine } from './database-mount';
import { existingConnection, type ExistingConnectionProps } from './existing-connection';

/** What a connection to Redis is unless its props say otherwise. */
export const DEFAULTS = { port: 6_379, tls: true, username: 'vault_admin', preventDestroy: true } as const;

/** Properties of {@link RedisConnection}. */
export interface RedisConnectionProps {
  /** The engine that it is in: a {@link DatabaseMount}, or `DatabaseMount.at(…)`. */
  readonly mount: DatabaseEngine;
  /** Name of the connection. */
  readonly name: string;
  /** Name or address of the server, as Vault reaches it. */
  readonly host: string;
  /** TCP port of the server. @default 6379 */
  readonly port?: number;
  /** Whether Vault speaks TLS to the server. `false` is for loopback alone. @default true */
  readonly tls?: boolean;
  /** PEM of the authority that signed the server's certificate. @default the system's authorities */
  readonly caCertificate?: string;
  /** Vault's own user, used by nobody else. @default 'vault_admin' */
  readonly username?: string;
  /** That user's password up to this deploy, which makes Vault replace it. */
  readonly bootstrapPassword: ThrowawayPassword;
  /**
   * Whether the engine refuses to destroy the connection: nobody but Vault has its user's password. @default true
   */
  readonly preventDestroy?: boolean;
}

/**
 * Vault's connection to a Redis server, of the plugin `redis-database-plugin`. The provider has no write-only argument
 * for its password, so the bootstrap password stays in the state. It is dead there: the same apply rotates the root
 * credentials.
 *
 * A restart of Redis brings back what its ACL file holds. Right after the first deploy, before anything leases a user,
 * run `portcullis secrets sweep-redis --save` as Redis' administrator: the file then holds the rotated password and no
 * leased user, which would outlive its lease. Run `portcullis secrets sweep-redis` with every deploy.
 *
 * https://developer.hashicorp.com/vault/docs/secrets/databases/redis
 *
 * @example
 * const redis = new RedisConnection(this, 'redis', {
 *   mount: database,
 *   name: 'redis',
 *   host: 'redis.example.com',
 *   bootstrapPassword: new ThrowawayPassword(this, 'redis-password', {
 *     name: 'redis_bootstrap_password',
 *     description: 'Password of vault_admin',
 *     version: 1,
 *   }),
 * });
 */
export class RedisConnection extends Construct implements RedisServer {
  readonly kind = 'redis';
  readonly mount: DatabaseEngine;
  readonly connectionName: string;
  private readonly roles = new Set<string>();

  /** @throws ConstructError `ERR_PROPS` with all problems at once, or `ERR_PROVIDER_LOG` */
  constructor(scope: Construct, id: string, props: RedisConnectionProps) {
    super(scope, id);
    this.mount = props.mount;
    refuseProviderDebugLog(this);
    refuseCollisions(this);
    const told = { ...DEFAULTS, ...defined(props) };
    refuseProps(this, problemsOf(this, told));
    const { preventDestroy, name, host, port, username, tls, bootstrapPassword } = told;
    knownAs(this, this.mount.pathName, name);
    const server = { host, port, username, tls };
    // Without one, the provider (5.9) would send "0", which is no certificate.
    const caCertificate = props.caCertificate ?? '';
    // The password stays in the state: later deploys have none to give, and the provider sends the connection's password
    // whenever it differs from the state's.
    const bootstrap = firstWrite(this, {
      mount: this.mount,
      name,
      settings: {
        plugin_name: 'redis-database-plugin',
        ...server,
        ca_cert: caCertificate,
        password: bootstrapPassword.expression,
      },
      required: bootstrapPassword.required,
      gates: [bootstrapPassword.gate],
      rewrittenBy: [bootstrapPassword.gate],
    });
    const connection = new DatabaseSecretBackendConnection(this, 'connection', {
      backend: this.mount.path,
      name,
      allowedRoles: Lazy.listValue({ produce: () => [...this.roles] }),
      verifyConnection: true,
      redis: {
        ...server,
        caCert: caCertificate,
        password: `\${jsondecode(${addressOf(bootstrap)}.data_json).password}`,
      },
      lifecycle: { preventDestroy },
    });
    this.connectionName = connection.name;
    rotateRoot(this, this.mount, connection, [bootstrapPassword.gate]);
  }

  /**
   * A connection that somebody else owns. Nothing is created, changed or destroyed. Its `allowed_roles` is read while
   * planning: the plan fails where a role is missing, and says what its owner has to add.
   *
   * @example
   * const existing = RedisConnection.at({ mount: DatabaseMount.at('shared'), name: 'orders' });
   *
   * @throws ConstructError `ERR_PROPS` with all problems at once.
   */
  static at(props: ExistingConnectionProps): RedisServer {
    return existingConnection('redis', props);
  }

  allow(role: string): void {
    this.roles.add(role);
  }
}

function problemsOf(
  scope: Construct,
  props: RedisConnectionProps & Required<Pick<RedisConnectionProps, keyof typeof DEFAULTS>>,
): Problem[] {
  const { host, tls, caCertificate = '', bootstrapPassword } = props;
  const clear = !tls && !isLoopback(host);
  const certificate = /^(\s*-----BEGIN CERTIFICATE-----[\w+/=\s]+-----END CERTIFICATE-----\s*)*$/;
  return [
    ...serverProblems(props),
    ...known('tls', tls, 'a connection in clear text is for loopback'),
    ...noneOf('tls', tls, [true, false]),
    ...(clear
      ? [{ path: 'tls', message: 'received false for a host that is not on loopback; expected true' }]
      : []),
    ...unlike('caCertificate', caCertificate, certificate, 'certificates in PEM, and nothing else'),
    ...throwawayProblems('bootstrapPassword', bootstrapPassword, scope),
  ];
}
