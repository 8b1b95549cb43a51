import { DatabaseSecretBackendConnection } from '@cdktf/provider-vault/lib/database-secret-backend-connection';
import { GenericEndpoint } from '@cdktf/provider-vault/lib/generic-endpoint';
import { Fn, Lazy } from 'cdktf';
import { Construct } from 'constructs';
import { addressOf, refuseProviderDebugLog, type ThrowawayPassword } from '../../core';
import { rotateRoot, type DatabaseConnection } from './database-connection';
import type { DatabaseMount } from './database-mount';
import { hostName, vaultName } from '../checks';

export interface RedisConnectionProps {
  readonly mount: DatabaseMount;
  readonly name: string;
  readonly host: string;
  /** @default 6379 */
  readonly port?: number;
  /** @default true; false is for loopback */
  readonly tls?: boolean;
  /** PEM of the authority that signed the server's certificate. @default the system's authorities */
  readonly caCertificate?: string;
  /** Vault's own user, used by nothing else. @default 'vault_admin' */
  readonly username?: string;
  /** That user's password up to this deploy, which makes Vault replace it. */
  readonly bootstrapPassword: ThrowawayPassword;
}

/**
 * Vault's connection to a Redis server. Redis has no write-only password, so the bootstrap password stays in
 * the state: dead, because Vault replaces it in the same apply. Save the server's ACL afterwards (`ACL SAVE`),
 * or a restart brings it back to life.
 */
export class RedisConnection extends Construct implements DatabaseConnection {
  readonly mount: DatabaseMount;
  readonly connectionName: string;
  private readonly roles = new Set<string>();

  /** @throws ConstructError `ERR_VAULT_NAME`, `ERR_HOST` or `ERR_PROVIDER_LOG` */
  constructor(scope: Construct, id: string, props: RedisConnectionProps) {
    super(scope, id);
    this.mount = props.mount;
    refuseProviderDebugLog(this);
    const name = vaultName(this, 'the name of a connection', props.name);
    const server = {
      host: hostName(this, props.host),
      port: props.port ?? 6379,
      username: props.username ?? 'vault_admin',
      tls: props.tls ?? true,
    };
    const caCertificate = props.caCertificate ?? ''; // left out, the provider (5.9) sends "0", which is none
    const bootstrap = this.bootstrap(name, { ...server, ca_cert: caCertificate }, props.bootstrapPassword);
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
    });
    this.connectionName = connection.name;
    rotateRoot(this, this.mount, connection, [props.bootstrapPassword.gate]);
  }

  allow(role: string): void {
    this.roles.add(role);
  }

  /**
   * Writes the bootstrap password, and remembers it: later deploys have none to give, and the provider sends the
   * connection's password whenever it differs from the state's. Deleting it deletes nothing in Vault.
   */
  private bootstrap(
    name: string,
    server: Readonly<Record<string, unknown>>,
    password: ThrowawayPassword,
  ): GenericEndpoint {
    return new GenericEndpoint(this, 'bootstrap', {
      path: `${this.mount.path}/config/${name}`,
      dataJson: Fn.jsonencode({
        plugin_name: 'redis-database-plugin',
        ...server,
        password: password.expression,
      }),
      disableRead: true,
      disableDelete: true,
      dependsOn: [password.gate],
      lifecycle: {
        ignoreChanges: ['data_json'],
        replaceTriggeredBy: [addressOf(password.gate)],
        createBeforeDestroy: true,
      },
    });
  }
}
