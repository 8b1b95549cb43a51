/** An API that does not exist yet, as `portcullis init` would find it. */
import { basename, resolve } from 'node:path';
import { PortcullisError } from '../errors';
import type { FoundApi } from '../init/detect';
import { addedPackages, withPackages } from '../init/written/manifest';
import { plain } from '../terminal/text';

/** Of what is written: npm, Vault and PostgreSQL have to be able to have it. */
const NAME = /^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

/** Of the API's own code. */
const PACKAGES = {
  dependencies: { express: '^5.0.0' },
  devDependencies: {
    '@types/express': '^5.0.0',
    '@types/node': '^20.0.0',
    jose: '^6.0.0',
    typescript: '^5.9.0',
  },
};

export type NewApi = FoundApi & { readonly name: string };

/** @throws PortcullisError `ERR_SETTING` for a name that no package, policy or database can have. */
export function newApi(target: string, port: number): NewApi {
  const folder = resolve(target);
  const name = basename(folder);
  if (!NAME.test(name) || plain(folder, Infinity) !== folder)
    throw new PortcullisError(
      'ERR_SETTING',
      `the folder's name is ${JSON.stringify(plain(name))}, and the API is called as it; expected lower-case letters, digits and hyphens, 40 at most, as in orders-api`,
      'name another folder; nothing was written',
    );
  const empty = { name, version: '0.0.0', private: true, scripts: SCRIPTS };
  const text = withPackages(`${JSON.stringify(empty, null, 2)}\n`, PACKAGES);
  const manifest = JSON.parse(text) as typeof empty & typeof PACKAGES;
  const added = addedPackages({ manifest });
  const taken = [manifest, added].flatMap((one) =>
    [one.dependencies, one.devDependencies].flatMap(Object.keys),
  );
  if (taken.includes(name))
    throw new PortcullisError(
      'ERR_SETTING',
      `the API cannot be called ${name}: it depends on the package of that name`,
      'name another folder; nothing was written',
    );
  return {
    ...{
      name,
      folder,
      manifest,
      port,
      home: '',
      language: 'ts',
      framework: 'express',
      packageManager: 'npm',
    },
    ...{ manifestText: withPackages(text, added), entry: 'server.ts', routes: [], skipped: [] },
  };
}

const SCRIPTS = {
  start: 'portcullis start -- node --import tsx server.ts',
  serve: 'node --import tsx server.ts',
  test: 'node --import tsx --test test/*.test.ts',
  typecheck: 'tsc --noEmit',
};
