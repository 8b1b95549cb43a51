import { EngineCache } from './install/cache';
import { findKeycloak } from './programs/keycloak';
import { findOpenBao } from './programs/openbao';
import { findOpenTofu } from './programs/opentofu';
import { provideProviders, VAULT_PROVIDER, type ProviderModule } from './programs/providers';
import { findRedis } from './programs/redis';
import type { Run } from './process/run';
import type { Progress } from './progress';

/** What deploys: the engine, and the CLI configuration file that names its provider mirrors, if there is one. */
export interface Deployer {
  readonly engine: string;
  readonly engineConfiguration: string | undefined;
}

/** Finds, downloads or builds engines, each as a step of `progress`. Each method throws what the engine's finder throws. */
export class EngineFinder {
  private readonly cache = new EngineCache();

  constructor(
    private readonly run: Run,
    private readonly progress: Progress,
  ) {}

  async deployer(providers: readonly ProviderModule[] = [VAULT_PROVIDER]): Promise<Deployer> {
    const { run, cache, progress } = this;
    const engine = await progress.step('OpenTofu', (note) => findOpenTofu({ run, cache, note }));
    const engineConfiguration = await progress.step('Providers', (note) =>
      provideProviders({ run, cache, note }, engine, providers),
    );
    return { engine, engineConfiguration };
  }

  openBao(): Promise<string> {
    const { run, cache } = this;
    return this.progress.step('OpenBao binary', (note) => findOpenBao({ run, cache, note }));
  }

  redis(): Promise<string> {
    const { run } = this;
    return this.progress.step('Redis binary', (note) => findRedis({ run, note }));
  }

  keycloak(): Promise<string> {
    const { run, cache } = this;
    return this.progress.step('Keycloak distribution', (note) => findKeycloak({ run, cache, note }));
  }
}
