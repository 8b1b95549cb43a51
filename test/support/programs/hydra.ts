import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineContext } from '../../../cli/src/engines/install/context';
import { buildGoSource } from '../../../cli/src/engines/install/go-module';

/** Ory Hydra 2.3.0's own command in a module of ours: Hydra's module, as it is published, does not build in its own folder. */
const SOURCE = join(__dirname, 'hydra');
const VERSION = '2.3.0';

/** Ory Hydra, an OAuth 2 server. @throws PortcullisError `ERR_ENGINE_MISSING`, `ERR_ENGINE_BUILD` */
export async function findHydra({ run, cache, note }: EngineContext): Promise<string> {
  const parts = ['go.mod', 'go.sum', 'main.go'].map((name) => readFile(join(SOURCE, name), 'utf8'));
  const checksum = (await Promise.all(parts)).join('\n');
  const takes = { time: 'a few minutes', disk: '4 GB' };
  const entry = await cache.entry(
    { name: 'hydra', version: VERSION, checksum },
    (folder, tell) =>
      buildGoSource(
        { run, note: tell },
        { folder: SOURCE, package: '.', takes },
        folder,
        'hydra',
        'update Go',
      ),
    note,
  );
  return join(entry, 'hydra');
}
