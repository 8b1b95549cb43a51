import type { Command } from 'commander';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { resolved } from '../config/lazy';
import { loadConfig, type Project } from '../config/load-config';
import { readsConfig, type ConfigOption } from '../config/option';
import { PortcullisError } from '../errors';
import { typed } from '../terminal/command-name';

interface WorkflowsOptions extends ConfigOption {
  readonly check?: boolean;
  readonly json?: boolean;
}

/** `portcullis workflows`: the files of `.github` and `.zap`, made from their settings. */
export function register(program: Command): void {
  readsConfig(program.command('workflows'))
    .description(
      'writes the workflows, scan rules and code owners that `repository` in portcullis.config.ts describes',
    )
    .option('--check', 'write nothing; exit code 1 when a file is not as it would be written')
    .option('--json', 'one JSON object on standard output')
    .action(workflows);
}

async function workflows({ check = false, json, config }: WorkflowsOptions): Promise<void> {
  const project = await loadConfig(config);
  const stale = await staleFiles(project);
  if (!check) for (const [path, content] of stale) await write(join(project.folder, path), content);
  if (check && stale.length > 0) process.exitCode = 1;
  const paths = stale.map(([path]) => path);
  if (json) {
    console.log(JSON.stringify(check ? { stale: paths } : { written: paths }));
    return;
  }
  for (const path of paths) console.log(`${check ? 'not as described' : 'written'}: ${path}`);
  if (check && stale.length > 0) console.log(`Run \`${typed('workflows')}\`, and commit what it writes.`);
}

async function write(file: string, content: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}

/**
 * What is not there as it would be written, by path.
 *
 * @throws PortcullisError `ERR_CONFIG_MISSING` where the config describes no repository
 */
export async function staleFiles({
  folder,
  file,
  config,
}: Project): Promise<[path: string, content: string][]> {
  if (config.repository === undefined)
    throw new PortcullisError(
      'ERR_CONFIG_MISSING',
      `${file} does not describe its repository, so that there is nothing to write`,
      "add repository: { delivery: { … }, scanning: { … }, codeOwners: ['@example/platform'] }",
    );
  // Loaded here alone: it costs half a second.
  const { repositoryFiles } = await import('@portcullis/constructs/github');
  const files = Object.entries(repositoryFiles(await resolved(config.repository)));
  const present = await Promise.all(
    files.map(([path]) => readFile(join(folder, path), 'utf8').catch(() => undefined)),
  );
  return files.filter(([, content], index) => present[index] !== content);
}
