/** The licences of what npm installs with a package of this repository, as the lock file has them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT } from './sources';

interface Locked {
  readonly license?: string;
  readonly link?: boolean;
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** Each licence with the packages under it, sorted. @param folder as in `runtime`. */
export function licencesOf(folder: string): Map<string, string[]> {
  const text = readFileSync(join(CHECKOUT, 'package-lock.json'), 'utf8');
  const { packages } = JSON.parse(text) as { packages: Readonly<Record<string, Locked>> };
  const found = new Set<string>();
  const open = [folder];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    for (const name of neededBy(packages[path] ?? {})) {
      const needed = placeOf(packages, path, name);
      if (needed !== undefined) open.push(needed);
    }
  }
  const licences = new Map<string, string[]>();
  for (const path of [...found].filter((one) => one.includes('node_modules/')).sort()) {
    const licence = packages[path]?.license ?? 'unknown';
    licences.set(licence, [...(licences.get(licence) ?? []), path.replace(/^.*node_modules\//, '')]);
  }
  return licences;
}

function neededBy({ dependencies, peerDependencies, peerDependenciesMeta }: Locked): string[] {
  const peers = Object.keys(peerDependencies ?? {}).filter((name) => !peerDependenciesMeta?.[name]?.optional);
  return [...Object.keys(dependencies ?? {}), ...peers];
}

/** Where Node finds a package from another: in the nearest `node_modules` upwards. A workspace is where its link leads. */
function placeOf(packages: Readonly<Record<string, Locked>>, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    const path = join(folder, 'node_modules', name);
    const locked = packages[path];
    if (locked) return locked.link ? locked.resolved : path;
    if (folder === '') return undefined;
  }
}
