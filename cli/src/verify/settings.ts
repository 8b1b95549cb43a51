/** What is configured for an environment, with what its environment variables hold. */
import { audienceOf, type TokenSettings } from '../connections/client-tokens';
import type { Config, VerifyConfig } from '../config/define-config';
import { environmentNamed, variableNamed } from '../config/environment-named';
import { PortcullisError } from '../errors';
import type { ProbeSettings } from './probes/settings';

export interface Wanted {
  readonly environment: string;
  readonly readOnly?: boolean;
  readonly unsafe?: boolean;
}

export interface VerifySettings {
  readonly probes: ProbeSettings;
  readonly tokens: TokenSettings;
  readonly expiredToken?: string;
}

/** @throws PortcullisError `ERR_SETTING` for an unknown environment, for `--unsafe` where it is protected, for a variable that is not set. */
export function settingsOf(
  { policy, environments }: Pick<Config, 'policy' | 'environments'>,
  { environment, readOnly = false, unsafe = false }: Wanted,
  variables: Readonly<Record<string, string | undefined>>,
): VerifySettings {
  const chosen = environmentNamed({ environments }, environment);
  if (unsafe && readOnly)
    throw new PortcullisError('ERR_SETTING', 'received --unsafe and --read-only', 'keep one of them');
  if (unsafe && chosen.protected === true)
    throw new PortcullisError(
      'ERR_SETTING',
      `${environment} is protected: calls that act are never sent there`,
      'leave --unsafe out',
    );
  const {
    clients = {},
    examples = {},
    pairs = [],
    parameters,
    expiredTokenVariable,
  }: VerifyConfig = chosen.verify ?? {};
  const scopes = [...new Set(policy.routes.flatMap((route) => route.scopes))];
  const secrets = Object.entries(clients).map(([tier, { clientId, secretVariable }]) => {
    return [tier, { clientId, clientSecret: variableNamed(secretVariable, variables) }] as const;
  });
  return {
    probes: {
      clients: Object.fromEntries(
        Object.entries(clients).map(([tier, client]) => [tier, client.scopes ?? scopes]),
      ),
      ...{ examples, pairs },
      hasExpiredToken: expiredTokenVariable !== undefined,
      ...{ isReadOnly: readOnly, isUnsafe: unsafe },
    },
    tokens: {
      issuer: chosen.issuer ?? policy.issuer,
      parameters: parameters ?? audienceOf(policy),
      clients: Object.fromEntries(secrets),
    },
    ...(expiredTokenVariable !== undefined && {
      expiredToken: variableNamed(expiredTokenVariable, variables),
    }),
  };
}
