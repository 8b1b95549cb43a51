/** What is added to `package.json`: packages of the app and of its development, with the versions that belong to this command. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FoundApi } from '../detect';
import type { Manifest } from '../read-manifest';

type Versions = Readonly<Record<string, string>>;

interface OurManifest {
  readonly version: string;
  readonly dependencies: Versions;
  readonly peerDependencies: Versions;
}

const ours = (file: string): OurManifest => JSON.parse(readFileSync(file, 'utf8')) as OurManifest;

export interface Added {
  readonly dependencies: Versions;
  readonly devDependencies: Versions;
}

/** What the API does not have yet. What it has stays, whatever its version. */
export function addedPackages({ manifest }: Pick<FoundApi, 'manifest'>): Added {
  const {
    version,
    dependencies,
    peerDependencies: forStart,
  } = ours(join(__dirname, '../../../package.json'));
  const { peerDependencies: forStacks } = ours(require.resolve('@portcullis/constructs/package.json'));
  const has = (name: string): boolean =>
    [manifest.dependencies, manifest.devDependencies].some(
      (one) => one !== undefined && Object.hasOwn(one, name),
    );
  const missing = (wanted: Versions): Versions =>
    Object.fromEntries(Object.entries(wanted).filter(([name]) => !has(name)));
  const { pg = '*', ...servers } = forStart;
  // The command's own: a manager that links only what is declared gives a repository no other.
  const { redis = '*', tsx = '*' } = dependencies;
  const { cdktf = '*', constructs = '*', '@cdktf/provider-vault': vault = '*' } = forStacks;
  return {
    // What the app leases it also talks to.
    dependencies: missing({ '@portcullis/runtime': `^${version}`, pg, redis }),
    devDependencies: missing({
      ...{ '@cdktf/provider-vault': vault, '@portcullis/cli': `^${version}` },
      ...{ '@portcullis/constructs': `^${version}`, cdktf, constructs, tsx, ...servers },
    }),
  };
}

/** The text with the packages in it, sorted: with its indent and its ends of lines, as npm itself would write it. */
export function withPackages(text: string, { dependencies, devDependencies }: Added): string {
  const manifest = JSON.parse(text.replace(/^\uFEFF/, '')) as Manifest;
  const indent = /^\uFEFF?\{\s*\n([ \t]+)"/.exec(text)?.[1] ?? '  ';
  const merged = {
    ...manifest,
    ...merge('dependencies', manifest.dependencies, dependencies),
    ...merge('devDependencies', manifest.devDependencies, devDependencies),
  };
  const written = `${JSON.stringify(merged, null, indent)}${text.endsWith('\n') ? '\n' : ''}`;
  return text.includes('\r\n') ? written.replaceAll('\n', '\r\n') : written;
}

function merge(field: string, before: Versions = {}, added: Versions): Readonly<Record<string, Versions>> {
  if (Object.keys(added).length === 0) return {};
  const all = Object.entries({ ...before, ...added }).sort(([a], [b]) => (a < b ? -1 : 1));
  return { [field]: Object.fromEntries(all) };
}
