import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PortcullisError } from '../../errors';
import type { EngineContext } from '../install/context';
import { onPath } from '../install/on-path';

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
      // Maven leaves a mark of its work in the folder that it runs in.
      const workplace = join(folder, 'maven');
      await mkdir(workplace);
      await run.complete(
        {
          name: 'mvn',
          command: mvn,
          args: ['-q', '-B', `${PLUGIN}:unpack`, `-Dartifact=${ARTIFACT}`, `-DoutputDirectory=${unpacked}`],
          cwd: workplace,
          env: process.env,
        },
        { code: 'ERR_ENGINE_BUILD', remedy: 'check that Maven reaches its repository' },
      );
      // Without the version's folder, and whoever may run it may: the plugin forgets that.
      const [inside = ''] = await readdir(unpacked);
      for (const name of await readdir(join(unpacked, inside))) {
        await rename(join(unpacked, inside, name), join(folder, name));
      }
      for (const done of [unpacked, workplace]) await rm(done, { recursive: true });
    },
    note,
  );
}
