import type { Policy } from '@portcullis/runtime/policy';
import type { Run } from '../engines/process/run';
import { randomPassword } from '../engines/random';
import { startOidc, type OidcClient, type OidcServer } from '../local/servers/oidc';

/** An identity provider that knows a client of each tier, with every scope of the policy, in an organisation of its own. */
export async function startIdentity(
  run: Run,
  policy: Policy,
): Promise<{ readonly server: OidcServer; readonly clients: readonly OidcClient[] }> {
  const scopes = [...new Set(policy.routes.flatMap((route) => route.scopes))];
  const clients = Object.keys(policy.tiers)
    .filter((tier) => tier !== 'anonymous')
    .map((tier) => ({
      ...{ clientId: tier, clientSecret: randomPassword(), scopes },
      ...{ tier, organisation: `org-${tier}` },
    }));
  const server = await startOidc(run, {
    ...{ audience: policy.audience, scopes, clients },
    accessTokenSeconds: policy.lifetimes.accessTokenSeconds,
  });
  return { server, clients };
}
