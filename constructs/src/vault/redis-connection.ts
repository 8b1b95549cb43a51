import { DatabaseSecretBackendConnection } from '@cdktf/provider-vault/lib/database-secret-backend-connection';
import { Lazy } from 'cdktf';
import { Construct } from 'constructs';
import { addressOf, refuseProviderDebugLog, type ThrowawayPassword } from '../core';
import { rotateRoot, type DatabaseConnection } from './database-connection';
import type { DatabaseMount } from './database-mount';
import { hostName, vaultName } from './names';

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
    const { caCertificate, bootstrapPassword } = props;
    const connection = new DatabaseSecretBackendConnection(this, 'connection', {
      backend: this.mount.path,
      name: vaultName(this, 'the name of a connection', props.name),
      allowedRoles: Lazy.listValue({ produce: () => [...this.roles] }),
      verifyConnection: true,
      redis: {
        host: hostName(this, props.host),
        port: props.port ?? 6379,
        username: props.username ?? 'vault_admin',
        password: bootstrapPassword.expression,
        tls: props.tls ?? true,
        caCert: caCertificate ?? '', // left out, the provider (5.9) sends the text "0", which no TLS client takes
      },
      lifecycle: {
        // Later deploys have no password to give: what matters is the one that only Vault knows.
        ignoreChanges: ['redis[0].password'],
        // A raised version means that the server's user was made anew, so the connection is too.
        replaceTriggeredBy: [addressOf(bootstrapPassword.gate)],
      },
    });
    this.connectionName = connection.name;
    rotateRoot(this, this.mount, connection, [bootstrapPassword.gate]);
  }

  allow(role: string): void {
    this.roles.add(role);
  }
}
