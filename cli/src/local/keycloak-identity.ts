import type { KeycloakRealm } from '@portcullis/constructs/keycloak';
import { policy } from '../../../policy';
import { identityStack } from '../../../stacks/identity-stack';
import { WEB_APP } from '../../../stacks/web-app';
import type { Run } from '../engines/process/run';
import { randomPassword } from '../engines/random';
import { KeycloakAdmin } from '../identity/admin-client';
import { applyRealm, planRealm } from '../identity/reconcile';
import { secretOf } from '../identity/realm-actions';
import { clientNames, demoClients, demoPeople, scopes } from './clients';
import type { Identity } from './identity';
import { startKeycloak } from './servers/keycloak';
import { requestToken } from './servers/oidc';

/**
 * Starts a real Keycloak and makes the realm of `stacks/identity-stack.ts` in it, with the demo's organisations, services
 * and people.
 * @param distribution what `findKeycloak()` found.
 */
export async function startKeycloakIdentity(run: Run, distribution: string): Promise<Identity> {
  const { url, access } = await startKeycloak(run, distribution);
  const admin = new KeycloakAdmin(access);
  // Until the API has a port.
  let wanted = demoRealm('http://localhost');
  await applyRealm(admin, wanted);
  const password = randomPassword();
  await addPeople(admin, wanted, password);
  const secrets = new Map<string, string>(
    await Promise.all(
      [...clientNames, WEB_APP].map(async (name) => [name, await secretOf(admin, wanted, name)] as const),
    ),
  );
  const secretOfClient = (name: string): string => {
    const secret = secrets.get(name);
    if (secret === undefined) throw new Error(`no client ${name}`);
    return secret;
  };
  const issuer = `${url}/realms/${wanted.realm}`;
  return {
    issuer,
    hasDemoClients: true,
    clients: [...demoClients().values()].map(({ clientId, tier }) => ({
      ...{ clientId, tier },
      clientSecret: secretOfClient(clientId),
    })),
    clientSecret: secretOfClient(WEB_APP),
    whoCanLogIn: [
      `log in as ${demoPeople.map(({ subject }) => subject).join(', ')}`,
      `with the password ${password}`,
    ],
    token: (name, asked) => {
      const client = { clientId: name, clientSecret: secretOfClient(name) };
      return requestToken(
        `${issuer}/protocol/openid-connect/token`,
        client,
        policy.audience,
        asked ?? scopes,
      );
    },
    webApp: async (origin) => {
      wanted = demoRealm(origin);
      await applyRealm(admin, wanted);
      return {
        ...{ KEYCLOAK_URL: url, KEYCLOAK_REALM: wanted.realm },
        ...{ OAUTH_CLIENT_ID: WEB_APP, OAUTH_REDIRECT_URI: `${origin}/auth/callback` },
      };
    },
    pendingChanges: async () => {
      const changes = await planRealm(admin, wanted);
      return changes.map(({ action, subject }) => `${action} ${subject}`);
    },
  };
}

function demoRealm(origin: string): KeycloakRealm {
  const services = [...demoClients().values()];
  const tiers = new Map(services.map(({ organisation, tier }) => [organisation, tier]));
  return identityStack(origin, {
    environment: 'local',
    services: services.map(({ clientId, organisation }) => ({ clientId, organisation, scopes })),
    organisations: [...tiers].map(([alias, tier]) => ({ alias, tier })),
  });
}

/** People are no part of the realm's description: they come and go. */
async function addPeople(admin: KeycloakAdmin, { realm }: KeycloakRealm, password: string): Promise<void> {
  const organisations = await admin.readAll<{ id: string; alias: string }>(`/${realm}/organizations`);
  for (const { subject, name, organisation } of demoPeople) {
    const [firstName = '', lastName = ''] = name.split(' ');
    const id = await admin.create(`/${realm}/users`, {
      ...{ username: subject, enabled: true, email: `${subject}@example.com`, emailVerified: true },
      ...{ firstName, lastName, credentials: [{ type: 'password', value: password, temporary: false }] },
    });
    const { id: found = '' } = organisations.find(({ alias }) => alias === organisation) ?? {};
    await admin.create(`/${realm}/organizations/${found}/members`, id);
  }
}
