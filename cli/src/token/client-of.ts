/** The client that tokens are asked for: of an environment of the config, or of the sandbox that runs. */
import { audienceOf, type Client } from '../connections/client-tokens';
import type { Config } from '../config/define-config';
import { environmentNamed, variableNamed } from '../config/environment-named';
import { PortcullisError } from '../errors';
import type { Sandbox } from '../sandbox/find-sandbox';

export interface NamedClient {
  readonly environment: string;
  readonly issuer: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly client: Client;
  /** Every scope that it can get. */
  readonly scopes: readonly string[];
  /** Where its secret is, for whoever has to mend it. */
  readonly secretIn: string;
}

/** Where a client may be. */
export interface Places {
  readonly config: Pick<Config, 'policy' | 'environments'>;
  /** What `--environment` says. */
  readonly environment: string | undefined;
  readonly sandbox: Sandbox | undefined;
  readonly variables: NodeJS.ProcessEnv;
}

/**
 * @param name of a tier, or of a client.
 * @throws PortcullisError `ERR_SETTING` for a name that nobody has, and for a secret that is not there.
 */
export async function clientOf(name: string, places: Places): Promise<NamedClient> {
  const { config, environment, sandbox } = places;
  if (environment === undefined) {
    if (sandbox !== undefined) return ofSandbox(name, config.policy, sandbox);
    throw new PortcullisError(
      'ERR_SETTING',
      'no environment is named, and nothing that was started from this repository runs on this machine',
      'name one, as in -e staging; or start it in another terminal',
    );
  }
  const clients = environmentNamed(config, environment).verify?.clients;
  return clients === undefined && sandbox?.environment === environment
    ? ofSandbox(name, config.policy, sandbox)
    : ofConfig(name, environment, places);
}

function ofConfig(name: string, environment: string, { config, variables }: Places): NamedClient {
  const { policy } = config;
  const { issuer = policy.issuer, verify = {} } = environmentNamed(config, environment);
  const { clients = {}, parameters = audienceOf(policy) } = verify;
  const found = Object.hasOwn(clients, name)
    ? clients[name]
    : Object.values(clients).find(({ clientId }) => clientId === name);
  if (found === undefined)
    throw unknown(
      name,
      environment,
      Object.entries(clients).map(([tier, { clientId }]) => ({ tier, clientId })),
      `name one; portcullis.config.ts has them: environments: { ${environment}: { verify: { clients: { pro: { clientId: 'verify-pro', secretVariable: 'VERIFY_PRO_SECRET' } } } } }`,
    );
  const { clientId, secretVariable, scopes = scopesOf(policy) } = found;
  return {
    ...{ environment, issuer, parameters, scopes },
    client: { clientId, clientSecret: variableNamed(secretVariable, variables) },
    secretIn: `the environment variable ${secretVariable}`,
  };
}

async function ofSandbox(name: string, policy: Config['policy'], sandbox: Sandbox): Promise<NamedClient> {
  const { environment, issuer, clients } = sandbox;
  const found =
    clients.find(({ tier }) => tier === name) ?? clients.find(({ clientId }) => clientId === name);
  if (found === undefined) throw unknown(name, environment, clients, 'name one of these');
  return {
    ...{ environment, issuer, parameters: audienceOf(policy), scopes: scopesOf(policy) },
    client: await sandbox.client(found.clientId),
    secretIn: 'the identity provider that was started, or named to it',
  };
}

const scopesOf = ({ routes }: Config['policy']): string[] => [
  ...new Set(routes.flatMap(({ scopes }) => scopes)),
];

function unknown(
  name: string,
  environment: string,
  clients: readonly { readonly clientId: string; readonly tier?: string }[],
  remedy: string,
): PortcullisError {
  const known = clients.map(({ clientId, tier }) =>
    tier === undefined || tier === clientId ? clientId : `${tier} (${clientId})`,
  );
  return new PortcullisError(
    'ERR_SETTING',
    `${environment} has no tier and no client ${JSON.stringify(name.slice(0, 100))}; it has ${known.join(', ') || 'no clients'}`,
    remedy,
  );
}
