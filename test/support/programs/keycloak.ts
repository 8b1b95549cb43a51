import { rename, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { onPath } from '../../../cli/src/engines/install/on-path';
import type { EngineContext } from '../../../cli/src/engines/install/context';
import { PortcullisError } from '../../../cli/src/errors';

const VERSION = '26.4.0';
const ARTIFACT = `org.keycloak:keycloak-quarkus-dist:${VERSION}:zip`;
const PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1';

/** The folder of Keycloak's distribution, from Maven's repository. @throws PortcullisError `ERR_ENGINE_MISSING`, `ERR_ENGINE_BUILD` */
export async function findKeycloak({ run, cache, note }: EngineContext): Promise<string> {
  const mvn = await onPath('mvn');
  if (mvn === undefined || (await onPath('java')) === undefined) {
    throw new PortcullisError(
      'ERR_ENGINE_MISSING',
      'Keycloak needs Java and Maven',
      'install a JDK of 17 or newer, and maven',
    );
  }
  return cache.entry(
    { name: 'keycloak', version: VERSION, checksum: ARTIFACT },
    async (folder, tell) => {
      tell('downloading Keycloak (160 MB, once)');
      const unpacked = join(folder, 'unpacked');
      await run.complete(
        {
          name: 'mvn',
          command: mvn,
          args: ['-q', '-B', `${PLUGIN}:unpack`, `-Dartifact=${ARTIFACT}`, `-DoutputDirectory=${unpacked}`],
          env: process.env,
        },
        { code: 'ERR_ENGINE_BUILD', remedy: 'check that Maven reaches its repository' },
      );
      // Without the version's folder, and whoever may run it may: the plugin forgets that.
      const [inside = ''] = await readdir(unpacked);
      for (const name of await readdir(join(unpacked, inside))) {
        await rename(join(unpacked, inside, name), join(folder, name));
      }
      await rm(unpacked, { recursive: true });
    },
    note,
  );
}
