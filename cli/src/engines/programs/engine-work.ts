/** How an engine is run by us alone: where its providers come from, and what its lines say. */
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { cacheFolder } from '../install/cache-folder';

/**
 * Where the engine gets providers: from our mirror, else from its registry into a cache of our own. The user's own
 * configuration could put other providers in their place; and the user's own cache is none of ours to fill.
 */
export function providerSource(engineConfiguration: string | undefined): NodeJS.ProcessEnv {
  return engineConfiguration === undefined
    ? { TF_CLI_CONFIG_FILE: '/dev/null', TF_PLUGIN_CACHE_DIR: join(cacheFolder(), 'plugins') }
    : {
        TF_CLI_CONFIG_FILE: engineConfiguration,
        TF_PLUGIN_CACHE_DIR: undefined,
        CDKTF_DISABLE_PLUGIN_CACHE_ENV: 'true',
      };
}

/** What a line says is being made, as in `Creating vault_policy.x`. A deploy prints many lines that say nothing of it. */
export function workOn(line: string): string | undefined {
  const resource = /(\w+\.\S+): (Creating|Modifying|Destroying)/.exec(stripVTControlCharacters(line));
  return resource ? `${resource[2] ?? ''} ${resource[1] ?? ''}` : undefined;
}
