import { execFile } from 'node:child_process';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PortcullisError } from '../../errors';
import { buildGoModule, type GoModule } from '../install/go-module';
import type { EngineContext } from '../install/context';
import { engineEnvironment } from './opentofu';

/** A provider, and the Go module that it is built from where the engine's registry does not answer. */
export interface ProviderModule {
  /** As in `hashicorp/vault`. */
  readonly source: string;
  readonly version: string;
  readonly module: GoModule;
}

export const VAULT_PROVIDER: ProviderModule = {
  source: 'hashicorp/vault',
  version: '5.9.0',
  module: {
    path: 'github.com/hashicorp/terraform-provider-vault',
    version: 'v1.9.1-0.20260422134934-5e9fcd457a99',
    sum: 'h1:Y8APAoHlAT4+gXjv1X4cG96bWiYR8JgyZakAk94jPf4=',
    package: '.',
  },
};

export const GITHUB_PROVIDER: ProviderModule = {
  source: 'integrations/github',
  version: '6.11.1',
  module: {
    path: 'github.com/integrations/terraform-provider-github/v6',
    version: 'v6.11.1',
    sum: 'h1:le3o+7GeIR7XuL702oFwACAw4w5HpsS3eYqRJyH8pQU=',
    package: '.',
  },
};

export const AWS_PROVIDER: ProviderModule = {
  source: 'hashicorp/aws',
  version: '6.13.0',
  module: {
    // A fork of HashiCorp's source: it exports more packages and changes nothing else.
    path: 'github.com/upbound/terraform-provider-aws',
    version: 'v0.0.0-20251204202605-7049bcc1808e',
    sum: 'h1:8vCgYjBCQ7Mn391mft3hRk8eAomY48L7PS6Trdg9QwI=',
    package: '.',
    unlisted: true,
    takes: { time: 'about 20 minutes on two cores', disk: '10 GB' },
  },
};

/** Every provider that stacks of ours use. */
export const PROVIDERS: readonly ProviderModule[] = [VAULT_PROVIDER, GITHUB_PROVIDER, AWS_PROVIDER];

const REGISTRY_TIMEOUT_MS = 2_500;

/**
 * Makes providers available to the engine. Where the engine's own registry answers there is nothing to do;
 * elsewhere they are built from their Go modules, one after the other, into filesystem mirrors.
 * @returns the CLI configuration file that names the mirrors, or undefined when the registry is used
 * @throws PortcullisError `ERR_ENGINE_MISSING`, `ERR_ENGINE_BUILD`, `ERR_CHECKSUM`
 */
export async function provideProviders(
  context: EngineContext,
  engine: string,
  providers: readonly ProviderModule[],
): Promise<string | undefined> {
  const folder = await context.run.subfolder('provider');
  const registry = await registryOf(engine, folder);
  if (await answers(registry)) return undefined;

  const mirrors: Mirror[] = [];
  for (const provider of providers) {
    const path = await mirrorOf(context, registry, provider);
    mirrors.push({ path, provider: `${registry}/${provider.source}` });
  }
  const configuration = join(folder, 'cli.tfrc');
  await writeFile(configuration, cliConfiguration(mirrors));
  return configuration;
}

function mirrorOf(
  { run, cache, note }: EngineContext,
  registry: string,
  { source, version, module }: ProviderModule,
): Promise<string> {
  const name = source.replace(/^.*\//, '');
  return cache.entry(
    // The registry's host is part of the mirror's layout, and each engine has its own.
    {
      name: `provider-${name}`,
      version,
      checksum: [module.sum, 'for', registry, module.part?.name ?? []].flat().join(' '),
    },
    async (target, tell) => {
      tell(`${registry} does not answer: building the provider ${name} instead`);
      const file = `terraform-provider-${name}_v${version}`;
      await buildGoModule({ run, note: tell }, module, target, file, `make ${registry} reachable`);
      const place = join(target, registry, source, version, goPlatform());
      await mkdir(place, { recursive: true });
      await rename(join(target, file), join(place, file));
    },
    note,
  );
}

/** A folder that holds one provider. */
interface Mirror {
  readonly path: string;
  /** As in `<host>/hashicorp/vault`. */
  readonly provider: string;
}

/** The mirrors for these providers, the registry for every other. */
export function cliConfiguration(mirrors: readonly Mirror[]): string {
  const named = mirrors.map(({ provider }) => JSON.stringify(provider));
  return [
    'provider_installation {',
    ...mirrors.map(
      ({ path }, index) =>
        `  filesystem_mirror {\n    path    = ${JSON.stringify(path)}\n    include = [${named[index] ?? ''}]\n  }`,
    ),
    `  direct {\n    exclude = [${named.join(', ')}]\n  }`,
    '}',
    '',
  ].join('\n');
}

/** The host from which the engine installs providers: OpenTofu's and Terraform's differ. */
async function registryOf(engine: string, folder: string): Promise<string> {
  const configuration = { terraform: { required_providers: { vault: { source: VAULT_PROVIDER.source } } } };
  await writeFile(join(folder, 'main.tf.json'), JSON.stringify(configuration));
  const { stdout } = await promisify(execFile)(engine, ['providers'], {
    cwd: folder,
    // The user's configuration file cannot change the default host, and the file that it names may be missing.
    env: { ...engineEnvironment(), TF_CLI_CONFIG_FILE: '/dev/null' },
  });
  const host = registryHost(stdout);
  if (host === undefined) {
    throw new PortcullisError(
      'ERR_ENGINE_MISSING',
      `${engine} names no registry of providers`,
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
export function goPlatform(): string {
  const architectures: Record<string, string> = { x64: 'amd64', ia32: '386' };
  return `${process.platform}_${architectures[process.arch] ?? process.arch}`;
}
