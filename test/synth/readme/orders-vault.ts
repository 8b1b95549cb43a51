import {
  AppRoleLogin,
  DatabaseMount,
  PostgresConnection,
  PostgresRole,
  SecretVariable,
  WrappedSecretIdMinter,
  encryptState,
  relaxProviderPin,
  useBackend,
} from '@portcullis/constructs';
import { VaultProvider } from '@cdktf/provider-vault/lib/provider';
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';

export class OrdersVault extends TerraformStack {
  constructor(scope: Construct) {
    super(scope, 'orders-vault');
    useBackend(this, { kind: 's3', bucket: 'example-state', region: 'eu-central-1' });
    encryptState(this, { keyProvider: 'aws_kms', keyId: 'alias/state', region: 'eu-central-1' });
    new VaultProvider(this, 'vault', {}); // VAULT_ADDR, VAULT_TOKEN
    relaxProviderPin(this, 'vault');

    const login = new AppRoleLogin(this, 'login', { name: 'orders', tokenBoundCidrs: ['10.0.0.0/16'] });
    new WrappedSecretIdMinter(this, 'orchestrator', { login });

    const connection = new PostgresConnection(this, 'postgres', {
      mount: new DatabaseMount(this, 'database'),
      name: 'postgres',
      host: 'db.example.com',
      database: 'orders',
      // Given once as TF_VAR_postgres_admin_password; dead after the apply.
      bootstrapPassword: new SecretVariable(this, 'admin-password', {
        name: 'postgres_admin_password',
        description: 'password of vault_admin',
        version: 1,
      }),
    });
    new PostgresRole(this, 'role', {
      connection,
      name: 'orders-role',
      memberOf: 'orders_app',
    }).grantLease(login);
  }
}
