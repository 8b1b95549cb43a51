import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { isAbsolute, join } from 'node:path';
import { cacheFolder } from '../../engines/install/cache-folder';
import { entryName } from '../../engines/install/cache';
import { onPath } from '../../engines/install/on-path';
import { OPENTOFU, versionOf } from '../../engines/programs/opentofu';
import { NODE_PTY, type Machine } from '../judge/machine';

/** Looks; it installs and builds nothing. @param folder of the repository */
export async function lookAtMachine(folder: string): Promise<Machine> {
  return {
    node: process.versions.node,
    engine: await findEngine(),
    cached: existsSync(
      join(cacheFolder(), entryName({ name: 'opentofu', version: OPENTOFU.version, checksum: OPENTOFU.sum })),
    ),
    cdktfCli: await cdktfCli(folder),
  };
}

async function findEngine(): Promise<Machine['engine']> {
  const chosen = process.env.TERRAFORM_BINARY_NAME;
  const named = chosen !== undefined && chosen !== '';
  for (const name of named ? [chosen] : ['tofu', 'terraform']) {
    const at = isAbsolute(name) ? name : await onPath(name);
    if (at !== undefined) return { at, version: await versionOf(at), named };
  }
  return undefined;
}

async function cdktfCli(folder: string): Promise<Machine['cdktfCli']> {
  const version = (await manifestOf('cdktf-cli', folder))?.version;
  if (version === undefined) return undefined;
  return { version, nodePty: (await manifestOf(NODE_PTY, folder))?.name };
}

/** What is installed under a name: an override puts another package there. */
async function manifestOf(
  name: string,
  folder: string,
): Promise<{ name: string; version: string } | undefined> {
  const places = createRequire(join(folder, 'package.json')).resolve.paths(name) ?? [];
  const file = places.map((place) => join(place, name, 'package.json')).find(existsSync);
  return file === undefined
    ? undefined
    : (JSON.parse(await readFile(file, 'utf8')) as { name: string; version: string });
}
