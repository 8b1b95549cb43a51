import { policy } from '../../../policy';
import { randomPassword } from '../engines/random';
import type { OidcClient, OidcPerson } from './servers/oidc';

/** Every scope that some route of the policy asks for. */
export const scopes = [...new Set(policy.routes.flatMap((route) => route.scopes))];

/** The demo's machine clients; one of the organisations has two of them. */
export const clientNames = ['free-one', 'free-one-mobile', 'free-two', 'pro', 'enterprise'] as const;

export type ClientName = (typeof clientNames)[number];

const clients: Record<ClientName, { organisation: string; tier: string }> = {
  'free-one': { organisation: 'org-free-one', tier: 'free' },
  'free-one-mobile': { organisation: 'org-free-one', tier: 'free' },
  'free-two': { organisation: 'org-free-two', tier: 'free' },
  pro: { organisation: 'org-pro', tier: 'pro' },
  enterprise: { organisation: 'org-enterprise', tier: 'enterprise' },
};

/** The demo's clients with secrets of this run. */
export function demoClients(): ReadonlyMap<ClientName, OidcClient> {
  return new Map(
    clientNames.map((name) => [
      name,
      { clientId: name, clientSecret: randomPassword(), scopes, ...clients[name] },
    ]),
  );
}

/** The demo's people: one of each tier. */
export const demoPeople: readonly OidcPerson[] = [
  { subject: 'ada', name: 'Ada Lovelace', ...clients['free-one'] },
  { subject: 'grace', name: 'Grace Hopper', ...clients.pro },
  { subject: 'katherine', name: 'Katherine Johnson', ...clients.enterprise },
];
