/** Finds and loads the config of the repository that a command is called in. */
import { existsSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import { endsWithCode, messageOf, PortcullisError } from '../errors';
import { ConfigError, defineConfig, type Config, type ConfigInput } from './define-config';
import { findConfig } from './find-config';
import { requireModule } from './require-module';
import { adds } from '../terminal/command-name';

/** A config, and where it is. */
export interface Project {
  /** Folder of the config: its paths are relative to it. */
  readonly folder: string;
  readonly file: string;
  readonly config: Config;
}

/** What a config looks like at least. */
export const MINIMAL_CONFIG = `import { defineConfig } from '@portcullis/cli';
import { policy } from './policy';

export default defineConfig({
  policy,
  environments: { staging: {}, production: {} },
});
`;

/**
 * The config that `--config` names, or the nearest one.
 *
 * @throws PortcullisError `ERR_CONFIG_MISSING` with a minimal example, `ERR_CONFIG` when the file cannot be loaded.
 * @throws ConfigError `ERR_CONFIG` with everything that is wrong in it.
 */
export async function loadConfig(named?: string, folder = process.cwd()): Promise<Project> {
  const file = configFileOf(named, folder);
  return { folder: dirname(file), file, config: await read(file) };
}

/**
 * The file of the config, not loaded: for who must not run what is in it.
 *
 * @throws PortcullisError `ERR_CONFIG_MISSING` with a minimal example.
 */
export function configFileOf(named?: string, folder = process.cwd()): string {
  const file = configFile(named, folder);
  if (file !== undefined) return file;
  throw new PortcullisError(
    'ERR_CONFIG_MISSING',
    `there is no portcullis.config.ts in ${folder} or above it`,
    `write one in the repository's root, or name it with --config:\n\n${indented(MINIMAL_CONFIG)}`,
  );
}

/** As `loadConfig()`, or undefined where there is no config: for commands that can do without one. */
export async function loadConfigIfAny(named?: string, folder = process.cwd()): Promise<Project | undefined> {
  return configFile(named, folder) === undefined ? undefined : loadConfig(named, folder);
}

function configFile(named: string | undefined, folder: string): string | undefined {
  if (named === undefined) return findConfig(folder);
  const file = resolve(folder, named);
  if (existsSync(file)) return file;
  throw new PortcullisError(
    'ERR_CONFIG_MISSING',
    `--config names ${file}, which does not exist`,
    'name a file such as portcullis.config.ts',
  );
}

async function read(file: string): Promise<Config> {
  const shown = relative(process.cwd(), file) || basename(file);
  const exported = exportedBy(
    await requireModule(file).catch((error: unknown) => refuse(error, file, shown)),
  );
  if (exported === undefined)
    throw new ConfigError(
      [
        {
          path: 'default',
          message: 'received no default export; expected export default defineConfig({ … })',
        },
      ],
      shown,
    );
  try {
    return defineConfig(exported as ConfigInput);
  } catch (error) {
    throw error instanceof ConfigError ? new ConfigError(error.problems, shown) : error;
  }
}

/** The default export. In CommonJS that imports an ES module, it is one deeper. */
function exportedBy(loaded: unknown): unknown {
  const inner = (loaded as { default?: unknown } | undefined)?.default;
  const deeper = (inner as { default?: unknown } | undefined)?.default;
  return deeper ?? inner;
}

/** Says in whose file the mistake is. Errors of ours say it already. */
function refuse(error: unknown, file: string, shown: string): never {
  if (endsWithCode(error)) throw error;
  const at = placeIn(error, dirname(file));
  throw new PortcullisError(
    'ERR_CONFIG',
    `${shown} cannot be loaded: ${firstLines(messageOf(error))}${at === undefined ? '' : ` (${at})`}`,
    missingPackage(error) ?? 'mend the file; no command has run',
    { cause: error },
  );
}

/** The place of the user's own code that threw, as in `policy.ts:12:3`. */
function placeIn(error: unknown, folder: string): string | undefined {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  for (const [, path = '', place = ''] of stack.matchAll(
    /(?:\(|at |file:\/\/)(\/[^\s()?]+)[^\s():]*(:\d+:\d+)/g,
  )) {
    if (path.startsWith(`${folder}/`) && !path.includes('/node_modules/'))
      return `${relative(process.cwd(), path)}${place}`;
  }
  return undefined;
}

function missingPackage(error: unknown): string | undefined {
  const [, name] = /Cannot find (?:module|package) '([^'./][^']*)'/.exec(messageOf(error)) ?? [];
  return name === undefined
    ? undefined
    : `install it where the config is: ${adds([packageOf(name)], process.env)}`;
}

const packageOf = (name: string): string => name.split('/', name.startsWith('@') ? 2 : 1).join('/');

/** Node adds the stack of requires, esbuild every error: the first says what to mend. */
const firstLines = (message: string): string =>
  message.split('\nRequire stack:')[0]?.split('\n').slice(0, 3).join('\n    ') ?? '';

const indented = (text: string): string => text.replace(/^(?=.)/gm, '    ');
