/** A small stack as a team has one: a login, a KV mount and what the login may read. STATES says where its state is. */
import { AppRoleLogin, KvMount, relaxProviderPin, useBackend } from '@portcullis/constructs';
import { VaultProvider } from '@cdktf/provider-vault/lib/provider';
import { App, TerraformStack } from 'cdktf';

const app = new App();
const stack = new TerraformStack(app, 'orders-vault');
useBackend(stack, { kind: 'local', directory: process.env.STATES ?? '' });
new VaultProvider(stack, 'vault', {});
relaxProviderPin(stack, 'vault');
const login = new AppRoleLogin(stack, 'login', { name: 'orders', tokenBoundCidrs: ['127.0.0.0/8'] });
new KvMount(stack, 'kv', { path: 'orders' }).grantRead(login, 'config');
app.synth();
