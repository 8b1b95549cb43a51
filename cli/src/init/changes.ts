/** What `portcullis init` would do to a folder: whole files that are not there, and lines added to files that are. */
import { lstatSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { findConfig } from '../config/find-config';
import { PortcullisError } from '../errors';
import type { FoundApi } from './detect';
import { addedPackages, withPackages } from './written/manifest';
import { cdktfJson } from './written/cdktf-json';
import { configSource } from './written/config';
import { fileNamed, policyFile } from './written/files';
import { firstPolicy, policyNameOf } from './written/policy';
import { protectSource } from './written/protect';
import { stacksMain, vaultStack } from './written/stacks';

export interface Change {
  /** Relative to the folder. */
  readonly path: string;
  readonly content: string;
  /** Of a file that is there: what is in it. */
  readonly before?: string;
  /** Of a file that is there: the lines that are new. */
  readonly added?: readonly string[];
}

export interface Changes {
  readonly written: readonly Change[];
  /** What is there already, and stays as it is. */
  readonly kept: readonly string[];
}

export const IGNORED = ['cdktf.out', '.portcullis'];

export async function changesOf(api: FoundApi): Promise<Changes> {
  const isThere = (path: string): boolean =>
    lstatSync(join(api.folder, path), { throwIfNoEntry: false }) !== undefined;
  const protect = protectSource(api);
  const files: Readonly<Record<string, string>> = {
    [policyFile(api)]: firstPolicy(api),
    [configIn(api.folder)]: configSource(policyFile(api)),
    // An app of theirs is there to be added to; a second one beside it would be run by nobody.
    ...(!isThere('cdktf.json') && { 'stacks/main.ts': stacksMain() }),
    'stacks/vault-stack.ts': vaultStack(api),
    // The app of cdktf.json is CommonJS, whatever the API is.
    ...(api.manifest.type === 'module' && { 'stacks/package.json': '{ "type": "commonjs" }\n' }),
    'cdktf.json': cdktfJson(policyNameOf(api)),
    ...(protect !== undefined && { [fileNamed(api, 'protect')]: protect }),
  };
  const [kept, missing] = [true, false].map((there) =>
    Object.keys(files).filter((path) => isThere(path) === there),
  );
  const whole = (missing ?? []).map((path) => ({ path, content: files[path] ?? '' }));
  const grown = [manifestChange(api), await ignoreChange(api)].flatMap((change) => change ?? []);
  return { written: [...whole, ...grown], kept: kept ?? [] };
}

/** @throws PortcullisError `ERR_SETTING` where the folder is no longer as it was shown; nothing is written then. */
export async function apply(folder: string, { written }: Changes): Promise<void> {
  const now = await Promise.all(
    written.map(({ path }) => readFile(join(folder, path), 'utf8').catch(() => undefined)),
  );
  const changed = written.filter(({ before }, index) => before !== now[index]).map(({ path }) => path);
  if (changed.length > 0)
    throw new PortcullisError(
      'ERR_SETTING',
      `changed since it was shown: ${changed.join(', ')}; nothing was written`,
      'run this again',
    );
  for (const { path, content, before } of written) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content, { flag: before === undefined ? 'wx' : 'w' });
  }
}

/** One that is there may have another ending. */
function configIn(folder: string): string {
  const found = findConfig(folder);
  return found !== undefined && dirname(found) === folder ? basename(found) : 'portcullis.config.ts';
}

function manifestChange(api: FoundApi): Change | undefined {
  const added = addedPackages(api);
  const lines = Object.entries(added).flatMap(
    ([field, packages]: [string, Readonly<Record<string, string>>]) =>
      Object.entries(packages).map(([name, version]) => `${field}: "${name}": "${version}"`),
  );
  if (lines.length === 0) return undefined;
  const { manifestText: before } = api;
  return { path: 'package.json', content: withPackages(before, added), before, added: lines };
}

async function ignoreChange({ folder }: FoundApi): Promise<Change | undefined> {
  const path = '.gitignore';
  const before = await readFile(join(folder, path), 'utf8').catch(() => undefined);
  const lines = (before ?? '').split('\n').map((line) => line.replace(/^\/|\/$/g, '').trim());
  const added = IGNORED.filter((name) => !lines.includes(name));
  if (added.length === 0) return undefined;
  const start =
    before === undefined || before === '' || before.endsWith('\n') ? (before ?? '') : `${before}\n`;
  const content = `${start}${added.join('\n')}\n`;
  return before === undefined ? { path, content } : { path, content, before, added };
}
