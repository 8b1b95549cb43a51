import { AppRoleLogin, KvMount, relaxProviderPin, useBackend } from '@portcullis/constructs';
import { VaultProvider } from '@cdktf/provider-vault/lib/provider';
import { App, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { join } from 'path';

export class OrdersVault extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    useBackend(this, { kind: 'local', directory: join(__dirname, 'states') });
    new VaultProvider(this, 'vault', {});
    relaxProviderPin(this, 'vault');
    const login = new AppRoleLogin(this, 'login', { name: 'orders', tokenBoundCidrs: ['127.0.0.0/8'] });
    new KvMount(this, 'kv', { path: 'orders' }).grantRead(login, 'config');
  }
}

const app = new App();
new OrdersVault(app, 'orders-vault');
app.synth();
