import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Failure, Run } from '../process/run';
import type { EngineContext } from './context';
import { PortcullisError, messageOf } from '../../errors';
import { onPath } from './on-path';
import { isAtLeast } from './version';

/** How a program is built from its source. */
interface GoBuild {
  /** Package of the program, below the module. */
  readonly package: string;
  /** Linker flags that a release build sets. */
  readonly linkerFlags?: readonly string[];
  /** What its build takes. @default minutes, 2 GB of disk */
  readonly takes?: { readonly time: string; readonly disk: string };
}

/** A program that is published as a Go module, pinned by the checksum of its source. */
export interface GoModule extends GoBuild {
  readonly path: string;
  readonly version: string;
  /** The module's `h1:` sum, as the Go checksum database has it. */
  readonly sum: string;
  /** Whether the Go checksum database has no record of it, so that `sum` alone says what it is. */
  readonly unlisted?: boolean;
  /** What is built where the whole takes too long. @default the whole */
  readonly part?: {
    readonly name: string;
    /** Puts it into an empty folder. */
    take(source: string, folder: string): Promise<void>;
  };
}

/** A program whose module is in a folder of ours, pinned by the `go.sum` in there. */
export interface GoSource extends GoBuild {
  readonly folder: string;
}

const USUAL = { time: 'minutes', disk: '2 GB' };

const MINIMUM_GO = '1.26';

/**
 * Builds the program into `folder` under the given file name.
 *
 * The module is built inside its own extracted folder, so that its own `go.sum` and `replace` lines hold for
 * everything below it.
 * @throws PortcullisError `ERR_ENGINE_MISSING` without a recent Go, `ERR_CHECKSUM`, `ERR_ENGINE_BUILD`
 */
export async function buildGoModule(
  { run, note }: Pick<EngineContext, 'run' | 'note'>,
  module: GoModule,
  folder: string,
  file: string,
  remedy: string,
): Promise<void> {
  const setting = await settingOf(module, folder, file, remedy);
  const { time } = module.takes ?? USUAL;
  const id = `${module.path}@${module.version}`;

  note(`downloading ${id}, which then is built (${time}, once)`);
  const answer = await run.complete(
    {
      name: `go mod download ${file}`,
      command: setting.go,
      args: ['mod', 'download', '-json', id],
      // Outside of every module: no other module's settings apply here.
      cwd: folder,
      env: setting.env,
    },
    setting.failure,
  );
  const source = checkedSource(answer, module);

  note(`building ${module.version} (${time}, once)`);
  if (module.part === undefined) return build(run, setting, { ...module, folder: source }, folder, file);
  const part = join(folder, 'source');
  await module.part.take(source, part);
  await build(run, setting, { ...module, folder: part }, folder, file);
  await rm(part, { recursive: true });
}

/**
 * The same for a module of ours, whose requirements are downloaded.
 * @throws PortcullisError `ERR_ENGINE_MISSING` without a recent Go, `ERR_ENGINE_BUILD`
 */
export async function buildGoSource(
  { run, note }: Pick<EngineContext, 'run' | 'note'>,
  source: GoSource,
  folder: string,
  file: string,
  remedy: string,
): Promise<void> {
  const setting = await settingOf(source, folder, file, remedy);
  note(`downloading what ${file} is built from, and building it (${(source.takes ?? USUAL).time}, once)`);
  await build(run, setting, source, folder, file);
}

/** What every call of Go is made with. */
interface Setting {
  readonly go: string;
  readonly env: NodeJS.ProcessEnv;
  readonly failure: Failure;
}

async function settingOf(
  { path, unlisted, takes = USUAL }: Pick<GoModule, 'takes'> & Partial<GoModule>,
  folder: string,
  file: string,
  remedy: string,
): Promise<Setting> {
  const go = await findGo(file, remedy);
  return {
    go,
    env: { ...goEnvironment(unlisted ? path : undefined), ...(await writableCaches(go, folder)) },
    failure: {
      code: 'ERR_ENGINE_BUILD',
      remedy: `check that Go reaches its module proxy and has ${takes.disk} of free space, or ${remedy}`,
    },
  };
}

/** `-mod=readonly` refuses to go beyond the module's own `go.mod` and `go.sum`. */
async function build(
  run: Run,
  { go, env, failure }: Setting,
  source: GoSource,
  folder: string,
  file: string,
): Promise<void> {
  await run.complete(
    {
      name: `go build ${file}`,
      command: go,
      args: [
        ...['build', '-C', source.folder, '-mod=readonly', '-trimpath', '-buildvcs=false'],
        ...['-ldflags', ['-s', '-w', ...(source.linkerFlags ?? [])].join(' ')],
        ...['-o', join(folder, file), source.package],
      ],
      env,
    },
    failure,
  );
  await rm(cachesBelow(folder), { recursive: true, force: true });
}

/** The folder of the module's source, from the answer of `go mod download -json`. */
export function checkedSource(answer: string, module: GoModule): string {
  let found: { Dir?: string; Sum?: string };
  try {
    found = JSON.parse(answer) as typeof found;
  } catch (cause) {
    throw new PortcullisError('ERR_ENGINE_BUILD', `go answered no JSON: ${messageOf(cause)}`, 'update Go', {
      cause,
    });
  }
  if (found.Sum !== module.sum || found.Dir === undefined) {
    throw new PortcullisError(
      'ERR_CHECKSUM',
      `${module.path}@${module.version} has the sum ${found.Sum ?? '(none)'}; expected ${module.sum}`,
      'empty the module cache (go clean -modcache) and check which module proxy GOPROXY names',
    );
  }
  return found.Dir;
}

async function findGo(file: string, remedy: string): Promise<string> {
  const go = await onPath('go');
  if (go === undefined) {
    throw new PortcullisError(
      'ERR_ENGINE_MISSING',
      `no go is on PATH, to build ${file} with`,
      `install Go ${MINIMUM_GO} or newer, or ${remedy}`,
    );
  }
  const { stdout } = await promisify(execFile)(go, ['env', 'GOVERSION']);
  const version = stdout.trim();
  if (isAtLeast(version, MINIMUM_GO)) return go;
  throw new PortcullisError(
    'ERR_ENGINE_MISSING',
    `${go} is ${version}; expected Go ${MINIMUM_GO} or newer`,
    `update Go, or ${remedy}`,
  );
}

const cachesBelow = (folder: string): string => join(folder, 'go-caches');

/** Go keeps sources and objects below the home folder; where that may not be written, below `folder` meanwhile. */
async function writableCaches(go: string, folder: string): Promise<NodeJS.ProcessEnv> {
  const { stdout } = await promisify(execFile)(go, ['env', 'GOMODCACHE', 'GOCACHE']);
  const writable = await Promise.all(stdout.trim().split('\n').map(isWritable));
  if (!writable.includes(false)) return {};
  const caches = cachesBelow(folder);
  return {
    GOMODCACHE: join(caches, 'modules'),
    GOCACHE: join(caches, 'objects'),
    // Go makes what it downloads read-only otherwise, and it could not be removed.
    GOFLAGS: '-modcacherw',
  };
}

/** Whether the folder exists, or can be made, and may be written. */
async function isWritable(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { recursive: true });
    await rmdir(await mkdtemp(join(folder, '.portcullis-')));
    return true;
  } catch {
    return false;
  }
}

/**
 * The person's own settings for Go (vendoring, workspaces, flags) do not apply to this build.
 * @param unlisted the module that the checksum database is not asked about.
 */
function goEnvironment(unlisted?: string): NodeJS.ProcessEnv {
  const { GONOSUMDB: others } = process.env;
  return {
    ...process.env,
    GOFLAGS: '',
    GOWORK: 'off',
    CGO_ENABLED: '0',
    ...(unlisted !== undefined && { GONOSUMDB: [others, unlisted].filter(Boolean).join(',') }),
  };
}
