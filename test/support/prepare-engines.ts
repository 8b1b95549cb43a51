/** Finds, downloads or builds everything that the tests run on, so that none of them waits for minutes. */
import { EngineFinder } from '../../cli/src/engines/engine-finder';
import { EngineCache } from '../../cli/src/engines/install/cache';
import { Run } from '../../cli/src/engines/process/run';
import { findKeycloak } from '../../cli/src/engines/programs/keycloak';
import { GITHUB_PROVIDER, VAULT_PROVIDER } from '../../cli/src/engines/programs/providers';
import { silent, type Note, type Progress } from '../../cli/src/engines/progress';
import { baseLayer } from './containers/base-image';
import { findDocker, withoutContainers } from './containers/docker-programs';
import { findProgram, findPythonProgram } from './programs';
import { AWS_PROVIDER_FOR_TESTS } from './programs/aws-provider';
import { findHydra } from './programs/hydra';
import { FRAMEWORKS, installPackages, LIBRARIES, REGISTRY } from './programs/packages';
import { findWorkflowLinters } from './programs/workflow-linters';

/** The pooler, the browser and the scanner may not be installable here: the tests that need them say so themselves. */
export async function prepareEngines(progress: Progress = silent): Promise<void> {
  const optional = (title: string, find: (note: Note) => Promise<unknown>): Promise<unknown> =>
    progress.step(title, find).catch(() => undefined);
  await withRun((run) => {
    const engines = new EngineFinder(run, progress);
    const cache = new EngineCache();
    return Promise.all([
      engines.deployer([VAULT_PROVIDER, GITHUB_PROVIDER]),
      engines.openBao(),
      engines.redis(),
      progress.step('Workflow linters', (note) => findWorkflowLinters({ run, cache, note })),
      optional('PgBouncer', (note) => findProgram('pgbouncer', { run, note })),
      optional('Chromium', (note) => findProgram('chromium', { run, note })),
      optional('Wapiti', (note) => findProgram('wapiti', { run, note })),
    ]);
  });
}

/** What the tests that call the example API need. */
export async function prepareApiEngines(progress: Progress = silent): Promise<void> {
  await withRun((run) => {
    const engines = new EngineFinder(run, progress);
    const context = { run, cache: new EngineCache() };
    return Promise.all([
      engines.deployer([VAULT_PROVIDER]),
      engines.openBao(),
      engines.redis(),
      progress.step('Schemathesis', (note) => findPythonProgram('schemathesis', { ...context, note })),
    ]);
  });
}

/** What the tests of libraries need; the libraries are installed apart from this repository's own packages. */
export async function prepareLibraries(progress: Progress = silent): Promise<void> {
  await withRun((run) => {
    const engines = new EngineFinder(run, progress);
    return Promise.all([
      engines.openBao(),
      engines.redis(),
      progress.step('PgBouncer', (note) => findProgram('pgbouncer', { run, note })),
      progress.step('MariaDB', async (note) => {
        await findProgram('mariadbd', { run, note });
        await findProgram('my_print_defaults', { run, note });
      }),
      progress.step('Libraries', (note) => installPackages(LIBRARIES, note)),
    ]);
  });
}

/** The packages of the other frameworks that `examples/` shows, installed apart from this repository's own. */
export async function prepareExamples(progress: Progress = silent): Promise<void> {
  await progress.step('Frameworks', (note) => installPackages(FRAMEWORKS, note));
}

/** What the tasks of newcomers are done on. */
export async function prepareTasks(progress: Progress = silent): Promise<void> {
  await withRun((run) => {
    const engines = new EngineFinder(run, progress);
    return Promise.all([engines.deployer([VAULT_PROVIDER]), engines.openBao(), engines.redis()]);
  });
}

/** The registry that the tests of the packages publish to, and what a stranger's app is deployed with. */
export async function preparePackages(progress: Progress = silent): Promise<void> {
  await withRun((run) => {
    const engines = new EngineFinder(run, progress);
    const cache = new EngineCache();
    return Promise.all([
      engines.deployer([VAULT_PROVIDER]),
      engines.openBao(),
      progress.step('Workflow linters', (note) => findWorkflowLinters({ run, cache, note })),
      progress.step('Registry', (note) => installPackages(REGISTRY, note)),
    ]);
  });
}

/** What the tests of identity providers need. */
export async function prepareProviders(progress: Progress = silent): Promise<void> {
  await withRun((run) => {
    const cache = new EngineCache();
    return Promise.all([
      new EngineFinder(run, progress).redis(),
      progress.step('Keycloak', (note) => findKeycloak({ run, cache, note })),
      progress.step('Ory Hydra', (note) => findHydra({ run, cache, note })),
    ]);
  });
}

/** What the tests of the AWS stacks need. */
export async function prepareEdgeEngines(progress: Progress = silent): Promise<void> {
  await withRun((run) => {
    const cache = new EngineCache();
    return Promise.all([
      new EngineFinder(run, progress).deployer([AWS_PROVIDER_FOR_TESTS]),
      progress.step('moto', (note) => findPythonProgram('moto', { run, cache, note })),
      progress.step('checkov', (note) => findPythonProgram('checkov', { run, cache, note })),
    ]);
  });
}

/** What the tests of the image need: a container engine, the image's base, and what its tasks talk to. */
export async function prepareContainers(progress: Progress = silent): Promise<void> {
  if (withoutContainers !== undefined) return;
  await withRun(async (run) => {
    const cache = new EngineCache();
    const engines = new EngineFinder(run, progress);
    await Promise.all([
      engines.deployer([VAULT_PROVIDER, AWS_PROVIDER_FOR_TESTS]),
      engines.openBao(),
      engines.redis(),
      progress.step('moto', (note) => findPythonProgram('moto', { run, cache, note })),
      progress.step('Container engine', async (note) => {
        const context = { run, cache, note };
        await baseLayer(context, await findDocker(context));
      }),
      progress.step('Chromium', (note) => findProgram('chromium', { run, note })).catch(() => undefined),
    ]);
  });
}

async function withRun(work: (run: Run) => Promise<unknown>): Promise<void> {
  const run = await Run.open();
  try {
    await work(run);
  } finally {
    await run.close();
  }
}
