/** What a stranger deploys with: an engine, Vault's provider, and an OpenBao where they may do anything. */
import { EngineCache } from '../../cli/src/engines/install/cache';
import type { EngineContext } from '../../cli/src/engines/install/context';
import type { Run } from '../../cli/src/engines/process/run';
import { findOpenTofu } from '../../cli/src/engines/programs/opentofu';
import { provideProviders, VAULT_PROVIDER } from '../../cli/src/engines/programs/providers';
import { VaultClient } from '../../cli/src/engines/vault-client';
import type { OpenBaoServer } from '../../cli/src/local/servers/openbao';

export interface Deployment {
  /** Path of the engine's program. */
  readonly engine: string;
  /** The engine's configuration that names a mirror of the provider; undefined where a registry gives it out. */
  readonly mirrors: string | undefined;
  /** For whatever runs the engine. Nothing of this machine's own environment is in it. */
  readonly variables: NodeJS.ProcessEnv;
  readonly admin: VaultClient;
}

export async function prepareDeployment(
  run: Run,
  { address, rootToken }: OpenBaoServer,
): Promise<Deployment> {
  const context = engineContext(run);
  const engine = await findOpenTofu(context);
  const mirrors = await provideProviders(context, engine, [VAULT_PROVIDER]);
  return {
    engine,
    mirrors,
    variables: {
      CHECKPOINT_DISABLE: '1',
      VAULT_ADDR: address,
      VAULT_TOKEN: rootToken,
      ...(mirrors !== undefined && { TF_CLI_CONFIG_FILE: mirrors }),
    },
    admin: new VaultClient(address, rootToken),
  };
}

/** Finds programs in the cache that tests share, or builds them, and tells nobody. */
export const engineContext = (run: Run): EngineContext => ({
  run,
  cache: new EngineCache(),
  note: () => undefined,
});
