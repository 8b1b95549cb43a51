/** Builds a cache entry of 5 MB, or starts the environment, in the folders that variables name; prints why it failed. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineCache } from '../../cli/src/engines/install/cache';
import { PortcullisError } from '../../cli/src/errors';
import { startEnvironment } from '../../cli/src/local/environment';

const works: Readonly<Record<string, () => Promise<unknown>>> = {
  engine: () =>
    new EngineCache().entry(
      { name: 'engine', version: '1.0.0', checksum: 'sum' },
      (folder) => writeFile(join(folder, 'engine'), Buffer.alloc(5_000_000)),
      () => undefined,
    ),
  environment: () => startEnvironment(),
};

works[process.argv[2] ?? '']?.().then(
  () => process.exit(0),
  (error: unknown) => {
    console.log(error instanceof PortcullisError ? `${error.code}: ${error.message}` : error);
    process.exit(1);
  },
);
