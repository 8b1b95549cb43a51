import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Project } from '../../config/load-config';
import { Run } from '../../engines/process/run';
import { messageOf, PortcullisError } from '../../errors';
import { staleFiles } from '../../workflows/command';
import { findApp, type App } from '../../workspace/find-app';
import { lockFileOf, sharedBackend } from '../../workspace/lock-file';
import { synthesize } from '../../workspace/synthesize';
import type { Failed, Repository, SynthesizedStack } from '../judge/config';

/** Looks; it writes nothing into the repository. @param named the config that `--config` names */
export async function lookAtConfig(
  project: Project | undefined,
  named: string | undefined,
): Promise<Repository> {
  return {
    file: project && relative(process.cwd(), project.file),
    environments: project?.config.environments ?? {},
    stacks: await attempt(async () => {
      const app = await appIfAny(named);
      return app && stacksOf(app);
    }),
    stale:
      project?.config.repository === undefined
        ? undefined
        : await attempt(async () => (await staleFiles(project)).map(([path]) => path)),
  };
}

async function stacksOf(app: App): Promise<SynthesizedStack[]> {
  const run = await Run.open();
  try {
    const folder = await run.subfolder('synth');
    await mkdir(folder, { recursive: true });
    const names = await synthesize(run, app, folder, process.env);
    return await Promise.all(
      names.map(async (name) => ({
        name,
        shared: sharedBackend(await readFile(join(folder, 'stacks', name, 'cdk.tf.json'), 'utf8')),
        locked: existsSync(lockFileOf(app.folder, name)),
      })),
    );
  } finally {
    await run.close();
  }
}

/** Undefined where neither a config nor a `cdktf.json` names one. */
async function appIfAny(named: string | undefined): Promise<App | undefined> {
  try {
    return await findApp(named);
  } catch (error) {
    if (error instanceof PortcullisError && error.code === 'ERR_CONFIG_MISSING') return undefined;
    throw error;
  }
}

async function attempt<T>(work: () => Promise<T>): Promise<T | Failed> {
  try {
    return await work();
  } catch (error) {
    return error instanceof PortcullisError
      ? { failed: error.problem, mend: error.remedy }
      : { failed: messageOf(error), mend: 'mend what it names' };
  }
}
