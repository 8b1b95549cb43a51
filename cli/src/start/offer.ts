import { join } from 'node:path';
import { policy } from '../../../policy';
import { vaultNamesOf } from '../../../vault-names';
import { VaultClient } from '../engines/vault-client';
import type { LocalEnvironment } from '../local/environment';
import type { Service } from '../local/service';
import { offerSandbox } from '../sandbox/offer-sandbox';
import { VAULT_TOKEN_LIFE, type Person } from '../sandbox/sandbox';

/** The repository, as the commands of another terminal find it. */
const CHECKOUT = join(__dirname, '../../..');

type Offered = Pick<LocalEnvironment, 'run' | 'vault'> & {
  readonly identity: Pick<LocalEnvironment['identity'], 'issuer' | 'clients'>;
  readonly redis: Pick<LocalEnvironment['redis'], 'host' | 'port'>;
};

/** Offers what was started to the commands of other terminals. @returns as `offerSandbox()`. */
export async function offer(
  { run, identity, vault, redis }: Offered,
  { statusSocket }: Pick<Service, 'statusSocket'>,
): ReturnType<typeof offerSandbox> {
  const { supportPolicy, whoisPolicy } = vaultNamesOf(policy);
  const admin = new VaultClient(vault.address, vault.rootToken);
  const rights: Readonly<Record<Person, object>> = {
    support: { policies: [supportPolicy, whoisPolicy], no_default_policy: true },
    // Whatever the deploy could do.
    operator: {},
  };
  return offerSandbox(
    run,
    {
      folder: CHECKOUT,
      environment: 'local',
      issuer: identity.issuer,
      vaultAddress: vault.address,
      redis: { host: redis.host, port: redis.port },
      statusSocket,
      clients: identity.clients.map(({ clientId, tier }) => ({
        clientId,
        ...(tier !== undefined && { tier }),
      })),
    },
    {
      client: (clientId) => Promise.resolve(identity.clients.find((one) => one.clientId === clientId)),
      vaultToken: async (person) => {
        const wanted = { ...rights[person], ttl: VAULT_TOKEN_LIFE, display_name: `start-${person}` };
        const { auth } = await admin.write('auth/token/create', wanted);
        return auth?.client_token ?? '';
      },
    },
  );
}
