import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Config } from '../config/define-config';
import { findConfig } from '../config/find-config';
import type { Project } from '../config/load-config';
import { PortcullisError, messageOf } from '../errors';

/** The cdktf app of a repository. */
export interface App {
  /** Where its command runs; the folder `locks` is there. */
  readonly folder: string;
  /** What synthesizes its stacks. */
  readonly command: string;
  /** The file that a person opens first, relative to the folder. */
  readonly source: string;
  /** As the config has them; none where there is no config. */
  readonly environments: Config['environments'];
}

/**
 * The app that the config names; else that of `cdktf.json` in this folder, or between it and the config's. An app needs
 * no config: whoever has one already plans as it is.
 *
 * @param named the config that `--config` names
 * @throws PortcullisError `ERR_CONFIG_MISSING` where there is neither, `ERR_SYNTH` for a `cdktf.json` without an app
 */
export async function findApp(named?: string, folder = process.cwd()): Promise<App> {
  const project = await projectIfAny(named, folder);
  const environments = project?.config.environments ?? {};
  if (project?.config.app !== undefined) return app(project.folder, project.config.app, environments);
  const here = appFolder(folder, project);
  if (here !== undefined) return app(here, await commandIn(join(here, 'cdktf.json')), environments);
  const { MINIMAL_CONFIG } = await import('../config/load-config.js');
  throw new PortcullisError(
    'ERR_CONFIG_MISSING',
    project === undefined
      ? `${folder} has neither a cdktf.json nor a portcullis.config.ts`
      : `${project.file} names no app, and beside it is no cdktf.json`,
    project === undefined
      ? `run this in the folder of a cdktf app; what Portcullis has to know besides is in portcullis.config.ts:\n\n${MINIMAL_CONFIG}`
      : "name the command that synthesizes the stacks, as in app: 'node --require tsx/cjs stacks/main.ts'",
  );
}

/** What reads configs is loaded where there is one. */
async function projectIfAny(named: string | undefined, folder: string): Promise<Project | undefined> {
  const file = named ?? findConfig(folder);
  if (file === undefined) return undefined;
  const { loadConfig } = await import('../config/load-config.js');
  return loadConfig(file, folder);
}

function appFolder(from: string, project: Project | undefined): string | undefined {
  for (let here = from; ; here = dirname(here)) {
    if (existsSync(join(here, 'cdktf.json'))) return here;
    const inside = project !== undefined && here.startsWith(`${project.folder}/`);
    if (!inside) break;
  }
  return project !== undefined && existsSync(join(project.folder, 'cdktf.json')) ? project.folder : undefined;
}

function app(folder: string, command: string, environments: Config['environments']): App {
  const isSource = (word: string): boolean => /\.[cm]?[jt]s$/.test(word) && existsSync(join(folder, word));
  return { folder, command, environments, source: command.split(/\s+/).findLast(isSource) ?? 'cdktf.json' };
}

async function commandIn(file: string): Promise<string> {
  const { app: command } = parse(await readFile(file, 'utf8'), file) as { app?: unknown };
  if (typeof command === 'string') return command;
  throw new PortcullisError(
    'ERR_SYNTH',
    `${file} names no "app"`,
    'name the command that synthesizes the stacks',
  );
}

function parse(text: string, file: string): object {
  try {
    return JSON.parse(text) as object;
  } catch (cause) {
    throw new PortcullisError('ERR_SYNTH', `${file} is no JSON: ${messageOf(cause)}`, 'mend the file', {
      cause,
    });
  }
}
