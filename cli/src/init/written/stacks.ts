import type { FoundApi } from '../detect';
import { specifierOf } from './config';
import { policyFile } from './files';
import { policyNameOf } from './policy';

/** The stacks, which are TypeScript whatever the API is: cdktf's app is run by tsx. */
export const stacksMain =
  (): string => `/** Synthesizes the stacks of every environment. \`portcullis plan\` and \`deploy\` run this file. */
import { App } from 'cdktf';
import { VaultStack } from './vault-stack';

const app = new App();
new VaultStack(app, 'local');
app.synth();
`;

export function vaultStack(api: FoundApi): string {
  const database = policyNameOf(api).replaceAll('-', '_');
  return `import { VaultProvider } from '@cdktf/provider-vault/lib/provider';
import {
  AppRoleLogin,
  DatabaseMount,
  KvMount,
  PostgresConnection,
  PostgresRole,
  RedisConnection,
  RedisRole,
  REVOKE_ACL,
  RUNTIME_ACL,
  SUPPORT_ACL,
  SWEEP_ACL,
  SecretVariable,
  ThrowawayPassword,
  WrappedSecretIdMinter,
  encryptState,
  relaxProviderPin,
  useBackend,
} from '@portcullis/constructs';
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { policy } from '../${specifierOf(policyFile(api))}';

/** Who may log in, and from where Vault's tokens are taken. */
const NETWORKS = ['127.0.0.0/8'];

/**
 * What ${policyNameOf(api)} needs of Vault: a login, and users of PostgreSQL and Redis that live an hour. Addresses come from
 * \`portcullis start\`. Another environment has others, keeps its state in a bucket, and \`preventDestroy\`.
 */
export class VaultStack extends TerraformStack {
  constructor(scope: Construct, environment: string) {
    super(scope, \`vault-\${environment}\`);
    useBackend(this, { kind: 'local', directory: process.env.PORTCULLIS_STATE_DIR ?? '.portcullis/state' });
    encryptState(this, { keyProvider: 'passphrase' });
    new VaultProvider(this, 'vault', { skipChildToken: true }); // VAULT_ADDR, VAULT_TOKEN
    relaxProviderPin(this, 'vault');

    const login = new AppRoleLogin(this, 'login', {
      name: policy.name,
      policy,
      tokenBoundCidrs: NETWORKS,
      secretIdBoundCidrs: NETWORKS,
    });
    new WrappedSecretIdMinter(this, 'orchestrator', { login });
    new KvMount(this, 'secret', { path: 'secret', preventDestroy: false }).grantRead(login, \`\${policy.name}/limits\`);

    const mount = new DatabaseMount(this, 'database', { path: 'database', policy, preventDestroy: false });
    new PostgresRole(this, 'postgres-role', {
      connection: this.postgres(mount),
      name: \`\${policy.name}-role\`,
      memberOf: '${database}_app',
    }).grantLease(login);
    const connection = this.redis(mount);
    new RedisRole(this, 'redis-role', { connection, name: 'redis-role', rules: RUNTIME_ACL }).grantLease(login);
    new RedisRole(this, 'support', { connection, name: 'redis-support-role', rules: SUPPORT_ACL });
    new RedisRole(this, 'revoke', { connection, name: 'redis-revoke-role', rules: REVOKE_ACL });
    new RedisRole(this, 'sweep', { connection, name: 'redis-sweep-role', rules: SWEEP_ACL });
  }

  private postgres(mount: DatabaseMount): PostgresConnection {
    const { hostname, port, pathname } = new URL(
      process.env.PORTCULLIS_DATABASE_URL ?? 'postgres://127.0.0.1:5432/${database}',
    );
    return new PostgresConnection(this, 'postgres', {
      mount,
      name: 'postgres',
      host: hostname,
      port: Number(port),
      database: pathname.slice(1),
      sslMode: 'disable',
      preventDestroy: false,
      bootstrapPassword: new SecretVariable(this, 'postgres-password', {
        name: 'postgres_admin_password',
        description: "Password of Vault's user in PostgreSQL up to the first deploy, which replaces it",
        version: 1,
      }),
    });
  }

  private redis(mount: DatabaseMount): RedisConnection {
    const { hostname, port } = new URL(process.env.PORTCULLIS_REDIS_URL ?? 'redis://127.0.0.1:6379');
    return new RedisConnection(this, 'redis', {
      mount,
      name: 'redis',
      host: hostname,
      port: Number(port),
      tls: false,
      preventDestroy: false,
      bootstrapPassword: new ThrowawayPassword(this, 'redis-password', {
        name: 'redis_bootstrap_password',
        description: "Password of Vault's user in Redis up to the first deploy, which replaces it",
        version: 1,
      }),
    });
  }
}
`;
}
