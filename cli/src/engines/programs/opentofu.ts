import { execFile } from 'node:child_process';
import { basename, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { PortcullisError } from '../../errors';
import { buildGoModule, type GoModule } from '../install/go-module';
import { onPath } from '../install/on-path';
import { isAtLeast } from '../install/version';
import type { EngineContext } from '../install/context';

export const OPENTOFU: GoModule = {
  path: 'github.com/opentofu/opentofu',
  version: 'v1.12.6',
  sum: 'h1:0VT4P8pMmGcCUnQ9JDrJ+Qg2d35Vzm4FFd/9+H7oF98=',
  package: './cmd/tofu',
  // Releases are built with this flag. Without it the version ends in -dev, which constraints such as >= 1.11 refuse.
  linkerFlags: ['-X', 'github.com/opentofu/opentofu/version.dev=no'],
};

/** OpenTofu and Terraform both know ephemeral values and write-only arguments since 1.11. */
const MINIMUM = '1.11';
const REMEDY = `put tofu or terraform ${MINIMUM} or newer on PATH`;

/**
 * The engine that plans and applies: what TERRAFORM_BINARY_NAME names, else `tofu` or `terraform` on PATH,
 * else OpenTofu built from its Go module.
 * @throws PortcullisError `ERR_ENGINE_MISSING`, `ERR_ENGINE_BUILD`, `ERR_CHECKSUM`
 */
export async function findOpenTofu({ run, cache, note }: EngineContext): Promise<string> {
  const named = process.env.TERRAFORM_BINARY_NAME;
  for (const binary of await installedEngines()) {
    const version = await versionOf(binary);
    if (isAtLeast(version, MINIMUM)) return binary;
    note(`${binary} is ${version}, older than ${MINIMUM}`);
  }
  if (named !== undefined && named !== '' && basename(named) !== 'tofu') {
    throw new PortcullisError(
      'ERR_ENGINE_MISSING',
      `TERRAFORM_BINARY_NAME names ${named}, which is no engine of version ${MINIMUM} or newer`,
      `${REMEDY}, or unset TERRAFORM_BINARY_NAME`,
    );
  }
  const { version, sum } = OPENTOFU;
  const entry = await cache.entry(
    { name: 'opentofu', version, checksum: sum },
    (folder, tell) => buildGoModule({ run, note: tell }, OPENTOFU, folder, 'tofu', REMEDY),
    note,
  );
  return join(entry, 'tofu');
}

/** The programs that may be the engine, none of them asked yet: what TERRAFORM_BINARY_NAME names, else what is on PATH. */
export async function installedEngines(): Promise<string[]> {
  const { TERRAFORM_BINARY_NAME: named = '' } = process.env;
  const names = named === '' ? ['tofu', 'terraform'] : [named];
  const found = await Promise.all(names.map(async (name) => (isAbsolute(name) ? name : onPath(name))));
  return found.filter((binary) => binary !== undefined);
}

/** What an engine says of itself. */
export async function versionOf(binary: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(binary, ['version', '-json'], { env: engineEnvironment() });
    return (JSON.parse(stdout) as { terraform_version: string }).terraform_version;
  } catch {
    // Not an engine at all, or one too old to answer in JSON.
    return 'of unknown version';
  }
}

/** The environment of every engine process: the engine then asks nobody and calls no server of its vendor. */
export function engineEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1', TF_INPUT: '0' };
}
