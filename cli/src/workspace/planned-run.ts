/** Plans, and gathers all that decides what the plan does. */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { PortcullisError } from '../errors';
import { filesRead, type Configuration } from './configuration';
import { readLock } from './lock-file';
import { hashFiles, hashScripts, refusedModules } from './stack-files';
import { surroundings } from './surroundings';

/** Everything that decides what an apply does, as the workspace found it when it planned. */
export interface PlannedRun {
  /** The plan as the engine's `show -json` prints it. It holds secrets. */
  readonly plan: string;
  /** The text of `cdk.tf.json`. */
  readonly configuration: string;
  /**
   * SHA-256 of every other file that the engine can read: assets, modules, and the files that the configuration names
   * outside of the stack's folder. By path.
   */
  readonly files: Readonly<Record<string, string>>;
  /** Why modules cannot be reviewed, in words. */
  readonly refusedModules: readonly string[];
  /** The engine's lock file, as it was planned with. */
  readonly lock: string;
  /** What the engine says of its version and of its providers'. */
  readonly engine: string;
  /** Variables of the environment that say where providers go, such as `VAULT_ADDR`. None is a credential. */
  readonly surroundings: Readonly<Record<string, string>>;
  /**
   * Whether providers are replaced by others, whatever the lock file says: by the engine's settings (`dev_overrides`),
   * or by running ones (`TF_REATTACH_PROVIDERS`).
   */
  readonly overridden: boolean;
  /** The lineage of the state: whoever may read the state knows it. Undefined without a state. */
  readonly lineage: string | undefined;
  /** What to do about a state that earlier versions made elsewhere. Undefined where there is none. */
  readonly earlierState?: string | undefined;
}

/**
 * Plans a stack, into the file `PLAN_FILE` of its folder.
 *
 * @param folder of the synthesized stack, in which the engine has run its `init`.
 * @param engine runs the engine there. @returns what it printed.
 * @param environment of the engine's processes.
 */
export async function plannedRun(
  folder: string,
  engine: (args: readonly string[]) => Promise<string>,
  environment: NodeJS.ProcessEnv,
): Promise<PlannedRun> {
  const configuration = await readFile(join(folder, 'cdk.tf.json'), 'utf8');
  const { paths, scripts } = filesRead(JSON.parse(configuration) as Configuration);
  // Side by side: a plan writes no state, and what names the engine and the state does not change with it.
  const [, versions, state] = await Promise.all([
    engine(['plan', '-no-color', '-input=false', `-out=${PLAN_FILE}`]),
    engine(['version', '-no-color']),
    engine(['state', 'pull']),
  ]);
  const files = { ...(await hashScripts(folder, scripts)), ...(await hashFiles(folder, paths)) };
  return {
    plan: await engine(['show', '-no-color', '-json', PLAN_FILE]),
    configuration,
    files,
    refusedModules: await refusedModules(folder, files),
    lock: await readLock(folder),
    engine: versionsIn(versions),
    surroundings: surroundings(environment),
    overridden: await hasOverrides(environment),
    lineage: lineageOf(state),
  };
}

/** The plan that was reviewed, as the engine keeps it. */
export const PLAN_FILE = 'reviewed.plan';

/** The lines about the engine and its providers, as in `OpenTofu v1.12.6`, `+ provider … v5.9.0`. */
function versionsIn(said: string): string {
  const lines = said.split('\n').filter((line) => /^(OpenTofu|Terraform|\+ provider) /.test(line));
  return lines.sort().join('\n');
}

/** Where engines look for their settings when nothing names a file. */
const SETTINGS = ['.tofurc', '.terraformrc', '.config/opentofu/tofurc'];

async function hasOverrides(environment: NodeJS.ProcessEnv): Promise<boolean> {
  const { TF_CLI_CONFIG_FILE: named, TF_REATTACH_PROVIDERS: running, HOME: home = homedir() } = environment;
  if (running !== undefined && running !== '') return true;
  const files = named === undefined || named === '' ? SETTINGS.map((file) => join(home, file)) : [named];
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  return texts.some((text) => /\bdev_overrides\b/.test(text.replace(/^\s*(#|\/\/).*$/gm, '')));
}

/** The lineage of what `state pull` printed. @returns undefined where there is no state. */
export function lineageOf(state: string): string | undefined {
  if (state.trim() === '') return undefined;
  try {
    const { lineage } = JSON.parse(state) as { lineage?: unknown };
    return typeof lineage === 'string' && lineage !== '' ? lineage : undefined;
  } catch {
    throw new PortcullisError(
      'ERR_ENGINE_FAILED',
      'state pull printed something that is no state',
      'run it in the folder of the stack, and mend what it says',
    );
  }
}
