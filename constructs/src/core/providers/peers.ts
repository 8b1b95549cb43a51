/**
 * The packages that a stack brings: cdktf or cdktn, and a provider for each part of this package that it imports. Each part asks
 * for its own, before it loads them: Node would only say that it cannot find a file of theirs, or nothing at all.
 */
import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import coerce from 'semver/functions/coerce';
import satisfies from 'semver/functions/satisfies';
import { PeersError } from '../props/errors';

/** A provider, as the names of its bindings end. */
export type Provider = 'aws' | 'github' | 'vault';

export type Framework = 'cdktf' | 'cdktn';
export type Peer = Framework | 'constructs' | `@${Framework}/provider-${Provider}`;
/** The versions that a package of ours asks for, of one framework. */
export type Ranges = Readonly<Partial<Record<Peer, string>>>;

// eslint-disable-next-line @typescript-eslint/no-require-imports -- outside of the folder that is compiled
const { name: OURS, peerDependencies: RANGES } = require('../../../package.json') as {
  readonly name: string;
  readonly peerDependencies: Ranges;
};

/** The packages that these sources make: the manifest alone says for which framework one is. */
const PACKAGES = { cdktf: '@portcullis/constructs', cdktn: '@portcullis/constructs-cdktn' } as const;

/** A package, as it is found from a folder. */
export interface Found {
  readonly version: string;
  /** Its folder, links followed. */
  readonly folder: string;
}

/** Finds a package as a file of the folder `from` would import it; undefined where it would not be found. */
export type Find = (name: Peer, from: string) => Found | undefined;

/** @throws PeersError with every package that is missing, of another version, or there twice. */
export function requirePeers(...providers: readonly Provider[]): void {
  // The app's own copy is found from its first file: it may be started in another folder, that of a monorepo.
  const app = dirname(process.argv[1] ?? __filename);
  const { problems, remedy } = judgePeers(providers, {
    ranges: RANGES,
    here: __dirname,
    app,
    find: findPackage,
  });
  if (problems.length > 0) throw new PeersError(OURS, problems, remedy);
}

/** Where packages are looked for, and how. */
export interface PeerSearch {
  readonly ranges: Ranges;
  /** A folder of this package. */
  readonly here: string;
  /** A folder of the app that is synthesized. */
  readonly app: string;
  readonly find: Find;
}

export interface Judgement {
  /** In words. */
  readonly problems: readonly string[];
  /** The command that mends them. */
  readonly remedy: string;
}

/** What is wrong with the bindings of these providers, and with the framework. */
export function judgePeers(
  providers: readonly Provider[],
  { ranges, here, app, find }: PeerSearch,
): Judgement {
  const [ours, other]: readonly [Framework, Framework] =
    'cdktn' in ranges ? ['cdktn', 'cdktf'] : ['cdktf', 'cdktn'];
  const named = (framework: Framework): Peer[] => [
    framework,
    'constructs',
    ...providers.map((provider) => `@${framework}/provider-${provider}` as const),
  ];
  const others = named(other);
  const replaced: Peer[] = [];
  const problems = named(ours).flatMap((name, index) => {
    const found = find(name, here);
    const range = ranges[name] ?? '';
    if (!found) {
      const [theirName] = others.slice(index);
      const theirs = theirName === undefined || theirName === name ? undefined : find(theirName, app);
      if (!theirs) return [`${name} is not installed; expected ${range}`];
      replaced.push(name);
      const why = 'constructs of one framework do not work in the other';
      return [`${name} is not installed, ${theirName} ${theirs.version} is; ${why}`];
    }
    if (!isWithin(found.version, range)) return [`${name} is ${found.version}; expected ${range}`];
    const apps = find(name, app);
    if (apps && apps.folder !== found.folder) {
      const both = `${apps.version} in ${apps.folder}, ${found.version} in ${found.folder}`;
      return [`${name} is there twice: ${both}; constructs of one copy do not know those of the other`];
    }
    return [];
  });
  const wanted = named(ours).map((name) => quoted(`${name}@${ranges[name] ?? ''}`));
  return {
    problems,
    // Of the same version: all packages are released together.
    remedy:
      replaced.length > 0
        ? `this app is one of ${other}: npm uninstall ${PACKAGES[ours]} && npm install ${PACKAGES[other]}`
        : `npm install ${wanted.join(' ')}`,
  };
}

/** For a shell, where it would read something else. */
const quoted = (word: string): string => (/[ <>]/.test(word) ? `"${word}"` : word);

function findPackage(name: string, from: string): Found | undefined {
  try {
    const file = require.resolve(`${name}/package.json`, { paths: [from] });
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { version } = require(file) as { version: string };
    return { version, folder: dirname(realpathSync(file)) };
  } catch {
    return undefined;
  }
}

/** Whether a version is within a range. A pre-release counts as the release that it precedes: npm installs none unasked. */
export function isWithin(version: string, range: string): boolean {
  const release = coerce(version);
  return release !== null && satisfies(release, range);
}
