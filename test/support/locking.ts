import { readFile } from 'node:fs/promises';

/**
 * With these, what was built here is locked as who has a mirror does it: by the engine's own setting.
 *
 * @param configuration of `provideProviders()`
 */
export async function lockingFrom(configuration: string | undefined): Promise<NodeJS.ProcessEnv> {
  if (configuration === undefined) return {};
  const [, mirror = ''] = /path += "(.*)"/.exec(await readFile(configuration, 'utf8')) ?? [];
  return { TF_CLI_ARGS_providers_lock: `-fs-mirror=${mirror}` };
}
