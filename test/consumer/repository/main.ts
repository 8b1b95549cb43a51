import { App } from 'cdktf';
import { AwsStack } from './aws-stack';
import { environments } from './environments';
import { VaultStack } from './vault-stack';

const app = new App();
for (const environment of environments) {
  new VaultStack(app, environment);
  new AwsStack(app, environment);
}
app.synth();
