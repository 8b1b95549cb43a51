/**
 * A process that loads one config and says what its policy is. The code of a pull request runs here and not where it is
 * judged, and what two versions of a repository load does not meet.
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

process.once('message', ({ loader, config }) => {
  // In a checkout of Portcullis the loader itself is TypeScript.
  if (loader.endsWith('.ts')) require('tsx/cjs/api').register();
  Promise.resolve()
    .then(() => require(loader).loadConfig(config))
    .then(
      (project) => ({ policy: project.config.policy }),
      (error) => ({
        failure: {
          code: error.code,
          problem: error.problem ?? String(error.message),
          remedy: error.remedy ?? 'mend the config',
        },
      }),
    )
    .then((answer) => process.send(answer, () => process.exit()));
});
