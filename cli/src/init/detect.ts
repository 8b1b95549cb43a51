/** What an existing API is made of, as its files say. Nothing of it is run. */
import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, extname, isAbsolute, join, relative, resolve } from 'node:path';
import { PortcullisError } from '../errors';
import { plain } from '../terminal/text';
import { readManifest, type Manifest } from './read-manifest';
import { routesIn, type FoundRoutes } from './routes';
import type { PackageManager } from '../terminal/command-name';

/** By the package that each comes with; the ones that build on another come first. */
const FRAMEWORKS = {
  nestjs: '@nestjs/core',
  fastify: 'fastify',
  koa: 'koa',
  hono: 'hono',
  express: 'express',
  ws: 'ws',
} as const;

export type Framework = keyof typeof FRAMEWORKS;

const LOCK_FILES = {
  'package-lock.json': 'npm',
  'npm-shrinkwrap.json': 'npm',
  'pnpm-lock.yaml': 'pnpm',
  'yarn.lock': 'yarn',
} as const;

/** Where an entry usually is, where neither a script nor `main` says it. */
const USUAL_ENTRIES = [
  'src/main',
  'src/server',
  'src/index',
  'src/app',
  'main',
  'server',
  'index',
  'app',
].flatMap((name) => ['ts', 'mts', 'js', 'mjs', 'cjs'].map((ending) => `${name}.${ending}`));

/** An API that is to be protected. */
export interface FoundApi extends FoundRoutes {
  readonly folder: string;
  /** As text: what is added keeps its form. */
  readonly manifestText: string;
  readonly manifest: Manifest;
  readonly packageManager: PackageManager;
  readonly framework: Framework;
  /** Relative to the folder. */
  readonly entry: string;
  /** Where the policy belongs: a compiler with `rootDir` takes nothing from beside `src`. */
  readonly home: '' | 'src/';
  /** @default 3000 where its entry does not say */
  readonly port: number;
  readonly language: 'ts' | 'esm' | 'cjs';
}

/** @throws PortcullisError `ERR_SETTING` with everything that is missing, and how to name it. */
export async function detect(
  folder: string,
  named: { readonly entry?: string; readonly port?: number },
): Promise<FoundApi> {
  const { text: manifestText, manifest } = await readManifest(folder);
  const framework = frameworkOf(manifest);
  const entry =
    named.entry === undefined ? entryOf(folder, manifest) : relative(folder, resolve(folder, named.entry));
  const problems = [
    ...(framework === undefined
      ? [`package.json depends on none of ${Object.values(FRAMEWORKS).join(', ')}`]
      : []),
    ...(entry === undefined
      ? ['no file that starts the API was found; name it by --entry']
      : problemsOf(folder, entry)),
  ];
  if (framework === undefined || entry === undefined || problems.length > 0)
    throw new PortcullisError('ERR_SETTING', problems.join('\n    '), 'nothing was written');
  const source = await readFile(join(folder, entry), 'utf8');
  return {
    ...{ folder, manifestText, manifest, framework, entry },
    packageManager: packageManagerOf(folder, manifest),
    home: entry.startsWith('src/') ? 'src/' : '',
    port: named.port ?? portIn(source),
    language: languageOf(entry, manifest),
    ...routesIn(source),
  };
}

/** It is named in what is written and printed, and may come from somebody else's `package.json`. */
function problemsOf(folder: string, entry: string): string[] {
  const isPlain = plain(entry) === entry && !/['"`$\\]/.test(entry);
  const shown = `the entry "${plain(entry)}"`;
  if (entry.startsWith('..') || isAbsolute(entry))
    return [`${shown} is outside of ${folder}; name one inside by --entry`];
  if (!isSource(entry) || !isPlain)
    return [`${shown} is no usual name of a JavaScript or TypeScript file; name another by --entry`];
  if (!isFile(join(folder, entry))) return [`${shown} is not there; name another by --entry`];
  return [];
}

const isSource = (word: string): boolean => /\.[cm]?[jt]s$/.test(word);
const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

function frameworkOf({ dependencies = {} }: Manifest): Framework | undefined {
  const found = Object.entries(FRAMEWORKS).find(([, name]) => Object.hasOwn(dependencies, name));
  return found?.[0] as Framework | undefined;
}

/** As the manifest says, or the nearest lock file: a workspace has it at its root. */
function packageManagerOf(folder: string, { packageManager = '' }: Manifest): PackageManager {
  const [, said] = /^(npm|pnpm|yarn)@/.exec(packageManager) ?? [];
  if (said !== undefined) return said as PackageManager;
  for (let here = resolve(folder); ; here = dirname(here)) {
    const locked = Object.entries(LOCK_FILES).find(([file]) => existsSync(join(here, file)));
    if (locked !== undefined) return locked[1];
    if (existsSync(join(here, '.git')) || here === dirname(here)) return 'npm';
  }
}

function entryOf(folder: string, { scripts = {}, main }: Manifest): string | undefined {
  const started = (scripts.start ?? '').split(/\s+/).findLast(isSource);
  const said = [started, main].flatMap((file) => (file === undefined ? [] : [relative('.', file)]));
  return [...said.flatMap(sourcesOf), ...said, ...USUAL_ENTRIES].find(
    (file) => isSource(file) && isFile(join(folder, file)),
  );
}

/** What was compiled to `dist/server.js` is usually `src/server.ts`: nobody edits the former. */
function sourcesOf(compiled: string): string[] {
  const [, path, kind = ''] = /^(?:dist|build|out|lib)\/(.+)\.([cm]?)js$/.exec(compiled) ?? [];
  return path === undefined ? [] : [`src/${path}.${kind}ts`, `${path}.${kind}ts`];
}

function languageOf(entry: string, { type }: Manifest): FoundApi['language'] {
  const ending = extname(entry);
  if (/^\.[cm]?ts$/.test(ending)) return 'ts';
  return ending === '.mjs' || (ending === '.js' && type === 'module') ? 'esm' : 'cjs';
}

/** `process.env.PORT || 8080`, `PORT ?? '8080'`, `listen(8080`, `listen({ port: 8080`. */
function portIn(source: string): number {
  const [, byVariable] = /PORT\b[^\n]{0,20}?(?:\|\||\?\?)\s*['"]?(\d{2,5})/.exec(source) ?? [];
  const [, byCall] = /\.listen\(\s*(?:\{[^}]*?port:\s*)?(\d{2,5})/.exec(source) ?? [];
  const port = Number(byVariable ?? byCall);
  return port > 0 && port < 65_536 ? port : 3_000;
}
