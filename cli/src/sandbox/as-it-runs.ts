/** An environment of the config as the sandbox runs it: with the addresses, clients and a token that exist only there. */
import type { EnvironmentConfig } from '../config/define-config';
import type { Sandbox } from './find-sandbox';

export interface Running {
  readonly environment: EnvironmentConfig;
  /** What the environment's fields name, and Vault's token. */
  readonly variables: Readonly<Record<string, string>>;
}

/** What the config says of clients is kept; addresses are the sandbox's. */
export async function asItRuns(sandbox: Sandbox, environment: EnvironmentConfig = {}): Promise<Running> {
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
  return {
    environment: {
      ...environment,
      ...{ vaultAddress: sandbox.vaultAddress, issuer: sandbox.issuer, redis: sandbox.redis },
      verify: { clients, ...environment.verify },
    },
    variables: { ...Object.fromEntries(secrets), VAULT_TOKEN: await sandbox.vaultToken('operator') },
  };
}
