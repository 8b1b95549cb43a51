import { execFile } from 'node:child_process';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LocalError } from '../errors';
import { buildGoModule, type GoModule } from '../go-module';
import type { EngineContext } from './context';
import { engineEnvironment } from './opentofu';

const VERSION = '5.9.0';
const SOURCE = 'hashicorp/vault';
const MODULE: GoModule = {
  path: 'github.com/hashicorp/terraform-provider-vault',
  version: 'v1.9.1-0.20260422134934-5e9fcd457a99',
  sum: 'h1:Y8APAoHlAT4+gXjv1X4cG96bWiYR8JgyZakAk94jPf4=',
  package: '.',
};

const REGISTRY_TIMEOUT_MS = 2_500;

/**
 * Makes the Vault provider available to the engine. Where the engine's own registry answers there is nothing
 * to do; elsewhere the provider is built from its Go module into a filesystem mirror.
 * @returns the CLI configuration file that names the mirror, or undefined when the registry is used
 * @throws LocalError `engine_missing`, `engine_build_failed`, `checksum_mismatch`
 */
export async function provideVaultProvider(
  { run, cache, note }: EngineContext,
  engine: string,
): Promise<string | undefined> {
  const folder = await run.subfolder('provider');
  const registry = await registryOf(engine, folder);
  if (await answers(registry)) return undefined;

  const mirror = await cache.entry(
    // The registry's host is part of the mirror's layout, and each engine has its own.
    { name: 'provider-vault', version: VERSION, checksum: `${MODULE.sum} for ${registry}` },
    async (target, tell) => {
      tell(`${registry} does not answer: building the provider instead`);
      const file = `terraform-provider-vault_v${VERSION}`;
      await buildGoModule({ run, note: tell }, MODULE, target, file, `make ${registry} reachable`);
      const place = join(target, registry, SOURCE, VERSION, goPlatform());
      await mkdir(place, { recursive: true });
      await rename(join(target, file), join(place, file));
    },
    note,
  );
  const configuration = join(folder, 'cli.tfrc');
  await writeFile(configuration, cliConfiguration(mirror, `${registry}/${SOURCE}`));
  return configuration;
}

/** The mirror for this provider, the registry for every other. */
export function cliConfiguration(mirror: string, provider: string): string {
  return [
    'provider_installation {',
    `  filesystem_mirror {\n    path    = ${JSON.stringify(mirror)}\n    include = [${JSON.stringify(provider)}]\n  }`,
    `  direct {\n    exclude = [${JSON.stringify(provider)}]\n  }`,
    '}',
    '',
  ].join('\n');
}

/** The host from which the engine installs `hashicorp/vault`: OpenTofu's and Terraform's differ. */
async function registryOf(engine: string, folder: string): Promise<string> {
  const configuration = { terraform: { required_providers: { vault: { source: SOURCE } } } };
  await writeFile(join(folder, 'main.tf.json'), JSON.stringify(configuration));
  const { stdout } = await promisify(execFile)(engine, ['providers'], {
    cwd: folder,
    // A configuration file of the user's has no say in what the default host is, and may be missing.
    env: { ...engineEnvironment(), TF_CLI_CONFIG_FILE: '/dev/null' },
  });
  const host = registryHost(stdout);
  if (host === undefined) {
    throw new LocalError(
      'engine_missing',
      `${engine} names no registry for ${SOURCE}`,
      'use OpenTofu or Terraform',
    );
  }
  return host;
}

/** The host in a line such as `provider[host/hashicorp/vault]`, as `providers` prints it. */
export function registryHost(output: string): string | undefined {
  return /provider\[([^/\]]+)\/hashicorp\/vault\]/.exec(output)?.[1];
}

/** Whether a provider registry speaks there: its service discovery names `providers.v1`. */
async function answers(host: string): Promise<boolean> {
  try {
    const response = await fetch(`https://${host}/.well-known/terraform.json`, {
      signal: AbortSignal.timeout(REGISTRY_TIMEOUT_MS),
    });
    const services = (await response.json()) as Record<string, unknown>;
    return 'providers.v1' in services;
  } catch {
    return false;
  }
}

/** This platform as Go and the registries name it, as in `linux_amd64`. */
function goPlatform(): string {
  const architectures: Record<string, string> = { x64: 'amd64', ia32: '386' };
  return `${process.platform}_${architectures[process.arch] ?? process.arch}`;
}
