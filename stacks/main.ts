/** Synthesizes the repository, and every stack of every environment: what `cdktf synth`, `diff` and `deploy` run. */
import { ConstructError } from '@portcullis/constructs';
import { App } from 'cdktf';
import { policy } from '../policy';
import { bodies } from '../requests';
import { DataStack } from './data-stack';
import { EdgeStack } from './edge-stack';
import { loadEnvironments } from './environments';
import { EnvironmentError, runsOnAws } from './environments/define-environment';
import { github } from './github-settings';
import { GithubStack } from './github-stack';
import { ServiceStack } from './service-stack';
import { VaultStack } from './vault-stack';

// cdktf keeps a stack trace of every token. Traced back to the sources, they take a fifth of the time for nobody to read.
process.setSourceMapsEnabled(false);
try {
  const app = new App();
  for (const environment of loadEnvironments()) {
    new VaultStack(app, { policy, environment });
    if (!runsOnAws(environment)) continue;
    new DataStack(app, { policy, environment });
    new ServiceStack(app, { policy, environment });
    new EdgeStack(app, { policy, environment, bodies });
  }
  new GithubStack(app, github());
  app.synth();
} catch (error) {
  process.setSourceMapsEnabled(true);
  if (!(error instanceof EnvironmentError || error instanceof ConstructError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
