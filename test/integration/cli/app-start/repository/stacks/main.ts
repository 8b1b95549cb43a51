import { App } from 'cdktf';
import { VaultStack } from './vault-stack';

const app = new App();
new VaultStack(app, 'local');
app.synth();
