import { VaultProvider } from '@cdktf/provider-vault/lib/provider';
import {
  AppRoleLogin,
  DatabaseMount,
  encryptState,
  KvMount,
  PostgresConnection,
  PostgresRole,
  RedisConnection,
  RedisRole,
  relaxProviderPin,
  RUNTIME_ACL,
  SecretVariable,
  SUPPORT_ACL,
  ThrowawayPassword,
  useBackend,
  WrappedSecretIdMinter,
} from '@portcullis/constructs';
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { policy } from '../policy';

const { PORTCULLIS_DATABASE_URL, PORTCULLIS_REDIS_URL, PORTCULLIS_STATE_DIR = 'states' } = process.env;

/** What the orders API needs of Vault, on the servers that `portcullis start` names. */
export class VaultStack extends TerraformStack {
  constructor(scope: Construct, environment: string) {
    super(scope, `vault-${environment}`);
    useBackend(this, { kind: 'local', directory: PORTCULLIS_STATE_DIR });
    encryptState(this, { keyProvider: 'passphrase' });
    new VaultProvider(this, 'vault', { skipChildToken: true });
    relaxProviderPin(this, 'vault');

    const networks = ['127.0.0.0/8'];
    const login = new AppRoleLogin(this, 'login', {
      ...{ name: policy.name, policy, tokenBoundCidrs: networks, secretIdBoundCidrs: networks },
    });
    new WrappedSecretIdMinter(this, 'orchestrator', { login });
    new KvMount(this, 'secret', { path: 'secret', preventDestroy: false }).grantRead(login, 'orders/limits');

    const mount = new DatabaseMount(this, 'database', { path: 'database', policy, preventDestroy: false });
    new PostgresRole(this, 'orders-role', {
      connection: this.postgres(mount),
      name: 'orders-role',
      memberOf: 'orders_app',
    }).grantLease(login);
    const redis = this.redis(mount);
    new RedisRole(this, 'redis-role', {
      connection: redis,
      name: 'redis-role',
      rules: RUNTIME_ACL,
    }).grantLease(login);
    new RedisRole(this, 'support', { connection: redis, name: 'redis-support-role', rules: SUPPORT_ACL });
  }

  private postgres(mount: DatabaseMount): PostgresConnection {
    const {
      hostname: host,
      port,
      pathname,
    } = new URL(PORTCULLIS_DATABASE_URL ?? 'postgres://127.0.0.1:5432/orders');
    return new PostgresConnection(this, 'postgres', {
      ...{ mount, name: 'postgres', host, port: Number(port), database: pathname.slice(1) },
      ...{ sslMode: 'disable', preventDestroy: false },
      bootstrapPassword: new SecretVariable(this, 'postgres-password', {
        name: 'postgres_admin_password',
        description: "Password of Vault's user in PostgreSQL up to this deploy",
        version: 1,
      }),
    });
  }

  private redis(mount: DatabaseMount): RedisConnection {
    const { hostname: host, port } = new URL(PORTCULLIS_REDIS_URL ?? 'redis://127.0.0.1:6379');
    return new RedisConnection(this, 'redis', {
      ...{ mount, name: 'redis', host, port: Number(port), tls: false, preventDestroy: false },
      bootstrapPassword: new ThrowawayPassword(this, 'redis-password', {
        name: 'redis_bootstrap_password',
        description: "Password of Vault's user in Redis up to this deploy",
        version: 1,
      }),
    });
  }
}
