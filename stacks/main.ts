/** Synthesizes every stack of every environment, and the repository's. `cdktf synth`, `diff` and `deploy` run this file. */
import './without-traces';
import { ConstructError } from '@portcullis/constructs';
import { App } from 'cdktf';
import { policy } from '../policy';
import { bodies } from '../bodies';
import { DataStack } from './data-stack';
import { imageDigestOf } from './deployed-image';
import { EdgeStack } from './edge-stack';
import { loadEnvironments } from './environments';
import { EnvironmentError, runsOnAws } from './environments/define-environment';
import { github, images } from './github-settings';
import { GithubStack } from './github-stack';
import { ImagesStack } from './images-stack';
import { ServiceStack } from './service-stack';
import { VaultStack } from './vault-stack';

try {
  const app = new App();
  const imageDigest = imageDigestOf(process.env);
  for (const environment of loadEnvironments()) {
    new VaultStack(app, { policy, environment });
    if (!runsOnAws(environment)) continue;
    new DataStack(app, { policy, environment });
    new ServiceStack(app, { policy, environment, imageDigest });
    new EdgeStack(app, { policy, environment, bodies });
  }
  new ImagesStack(app, images());
  new GithubStack(app, github());
  app.synth();
} catch (error) {
  if (!(error instanceof EnvironmentError || error instanceof ConstructError)) {
    console.error('portcullis: PORTCULLIS_TRACE=1 names the places in the sources');
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
}
