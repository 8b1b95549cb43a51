/** An environment of the config as the sandbox runs it: with the addresses, clients and a token that exist only there. */
import type { Config } from '../config/define-config';
import type { Sandbox } from './find-sandbox';

type Environments = Pick<Config, 'environments'>;

export interface Running<C extends Environments> {
  readonly config: C;
  /** The environment variables, with what the environment's fields name, and Vault's token. */
  readonly variables: NodeJS.ProcessEnv;
}

/** What the config says of clients is kept; addresses are the sandbox's. */
export async function asItRuns<C extends Environments>(
  sandbox: Sandbox,
  config: C,
  variables: NodeJS.ProcessEnv,
): Promise<Running<C>> {
  const { environment: name } = sandbox;
  const { [name]: environment = {} } = config.environments;
  const tiers = sandbox.clients.flatMap(({ clientId, tier }) =>
    tier === undefined ? [] : [{ clientId, tier, secretVariable: `secret of ${clientId}` }],
  );
  const secrets = await Promise.all(
    tiers.map(async ({ clientId, secretVariable }) => {
      const { clientSecret } = await sandbox.client(clientId);
      return [secretVariable, clientSecret] as const;
    }),
  );
  const clients = Object.fromEntries(tiers.map(({ tier, ...client }) => [tier, client]));
  const running = {
    ...environment,
    ...{ vaultAddress: sandbox.vaultAddress, issuer: sandbox.issuer, redis: sandbox.redis },
    verify: { clients, ...environment.verify },
  };
  return {
    config: { ...config, environments: { ...config.environments, [name]: running } },
    variables: {
      ...variables,
      ...Object.fromEntries(secrets),
      VAULT_TOKEN: await sandbox.vaultToken('operator'),
    },
  };
}
