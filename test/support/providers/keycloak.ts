/** A real Keycloak with one realm, as `docs/providers/keycloak.md` says to set it up. */
import { cp, mkdir, writeFile } from 'node:fs/promises';
import type { JsonWebKey } from 'node:crypto';
import { join } from 'node:path';
import { EngineCache } from '../../../cli/src/engines/install/cache';
import { LOOPBACK, onPort } from '../../../cli/src/engines/process/ports';
import type { Run } from '../../../cli/src/engines/process/run';
import { findKeycloak } from '../../../cli/src/engines/programs/keycloak';
import { randomPassword } from '../../../cli/src/engines/random';
import { Server } from '../../../cli/src/local/servers/server';
import { Person } from './person';

export interface KeycloakSettings {
  /** The API: the audience of every access token. */
  readonly audience: string;
  /** Client scopes, which clients may ask for. */
  readonly scopes: readonly string[];
  readonly redirectUri: string;
  readonly backChannelLogoutUri?: string;
  /** The public half of the key of the client `signer`. */
  readonly signerKey: JsonWebKey;
  readonly accessTokenSeconds: number;
}

export interface Keycloak {
  /** Where it is: what `keycloak({ url })` is told. */
  readonly url: string;
  readonly realm: string;
  /** Of the clients `web` and `billing`. */
  readonly clientSecret: string;
  /** Of the person `ada`, of the organisation `acme`, and of `grace`, of `acme` and `beta`. */
  readonly password: string;
  readonly server: Server;
  /** Calls the admin API of the realm, and gives its answer. @param path below the realm; empty for the realm itself. */
  admin(method: string, path: string, body?: unknown): Promise<unknown>;
  /** Changes what the realm says about a client. */
  configure(clientId: string, changes: { attributes: Record<string, string> }): Promise<void>;
}

const REALM = 'fintech';
/** Java and a database of its own take their time on a busy machine. */
const START_MS = 240_000;

export async function startKeycloak(run: Run, settings: KeycloakSettings): Promise<Keycloak> {
  const context = { run, cache: new EngineCache(), note: () => undefined };
  const distribution = await findKeycloak(context);
  // It writes into its own folder.
  const home = await run.subfolder('keycloak');
  await cp(distribution, home, { recursive: true });
  const [clientSecret, password, adminPassword] = [randomPassword(), randomPassword(), randomPassword()];
  const imports = join(home, 'data', 'import');
  await mkdir(imports, { recursive: true });
  await writeFile(join(imports, `${REALM}.json`), JSON.stringify(realm(settings, clientSecret, password)));

  return onPort(undefined, 'Keycloak', async (port) => {
    const url = `http://${LOOPBACK}:${port}`;
    const server = await Server.start(run, {
      process: {
        name: 'keycloak',
        command: 'bash',
        args: [
          join(home, 'bin', 'kc.sh'),
          'start-dev',
          '--import-realm',
          `--http-host=${LOOPBACK}`,
          `--http-port=${port}`,
        ],
        env: {
          PATH: process.env.PATH,
          JAVA_OPTS_APPEND: '-Xms256m -Xmx512m -XX:TieredStopAtLevel=1',
          KC_BOOTSTRAP_ADMIN_USERNAME: 'admin',
          KC_BOOTSTRAP_ADMIN_PASSWORD: adminPassword,
        },
      },
      answers: async () => {
        const { ok } = await fetch(`${url}/realms/${REALM}/.well-known/openid-configuration`);
        if (!ok) throw new Error('not yet');
      },
      startWithinMs: START_MS,
    });
    const adminToken = async (): Promise<string> => {
      const answer = await fetch(`${url}/realms/master/protocol/openid-connect/token`, {
        method: 'POST',
        body: new URLSearchParams({
          ...{ grant_type: 'password', client_id: 'admin-cli', username: 'admin', password: adminPassword },
        }),
      });
      return ((await answer.json()) as { access_token: string }).access_token;
    };
    const admin: Keycloak['admin'] = async (method, path, body) => {
      const answer = await fetch(`${url}/admin/realms/${REALM}${path && `/${path}`}`, {
        method,
        headers: { Authorization: `Bearer ${await adminToken()}`, 'Content-Type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
      return text === '' ? undefined : (JSON.parse(text) as unknown);
    };
    await addScopes(admin, settings.scopes);
    const configure: Keycloak['configure'] = async (clientId, { attributes }) => {
      interface Client {
        id: string;
        attributes: Record<string, string>;
      }
      const [client] = (await admin('GET', `clients?clientId=${clientId}`)) as Client[];
      const changed = { ...client, attributes: { ...client?.attributes, ...attributes } };
      await admin('PUT', `clients/${client?.id}`, changed);
    };
    return { ...{ url, realm: REALM, clientSecret, password, server }, admin, configure };
  });
}

/** Logs in through Keycloak's own pages, and arrives at the start of the app. */
export async function signInAt(origin: string, username: string, password: string): Promise<Person> {
  const person = new Person();
  const whoPage = await person.visit(`${origin}/auth/login?returnTo=/`);
  // A realm with organisations asks who it is first.
  const passwordPage = await person.fillIn(whoPage, { username });
  const arrived = await person.fillIn(passwordPage, { username, password });
  if (arrived.url !== `${origin}/`) throw new Error(`${username} arrived at ${arrived.url}: ${arrived.text}`);
  return person;
}

/** Once the realm is there: one that is imported with scopes has none of Keycloak's own. */
async function addScopes(admin: Keycloak['admin'], scopes: readonly string[]): Promise<void> {
  for (const name of new Set(scopes)) {
    const attributes = { 'include.in.token.scope': 'true', 'display.on.consent.screen': 'false' };
    await admin('POST', 'client-scopes', { name, protocol: 'openid-connect', attributes });
  }
  const made = (await admin('GET', 'client-scopes')) as { id: string; name: string }[];
  const clients = (await admin('GET', 'clients')) as { id: string; clientId: string }[];
  for (const client of clients.filter(({ clientId }) => ['web', 'billing', 'signer'].includes(clientId))) {
    for (const scope of made.filter(({ name }) => scopes.includes(name))) {
      await admin('PUT', `clients/${client.id}/optional-client-scopes/${scope.id}`);
    }
  }
}

function realm(settings: KeycloakSettings, secret: string, password: string): object {
  const { audience, redirectUri, backChannelLogoutUri, signerKey, accessTokenSeconds } = settings;
  const ofApi = {
    ...{ name: 'api', protocol: 'openid-connect', protocolMapper: 'oidc-audience-mapper' },
    config: { 'included.custom.audience': audience, 'access.token.claim': 'true' },
  };
  const client = (clientId: string, more: object): object => ({
    ...{ clientId, protocol: 'openid-connect', enabled: true, protocolMappers: [ofApi] },
    ...{ directAccessGrantsEnabled: false, standardFlowEnabled: false, secret },
    ...{
      defaultClientScopes: ['basic', 'roles', 'acr'],
      optionalClientScopes: ['organization', 'offline_access'],
    },
    ...more,
  });
  const person = (username: string, roles: readonly string[]): object => ({
    ...{ username, enabled: true, emailVerified: true, email: `${username}@example.com` },
    ...{
      firstName: username,
      lastName: 'Example',
      requiredActions: [],
      realmRoles: ['default-roles-fintech', ...roles],
    },
    credentials: [{ type: 'password', value: password, temporary: false }],
  });
  const organisation = (alias: string, ...members: string[]): object => ({
    ...{ name: alias, alias, enabled: true, domains: [{ name: `${alias}.example.com`, verified: true }] },
    members: members.map((username) => ({ username, membershipType: 'UNMANAGED' })),
  });
  return {
    ...{ realm: REALM, enabled: true, sslRequired: 'none', organizationsEnabled: true },
    accessTokenLifespan: accessTokenSeconds,
    roles: { realm: [{ name: 'auditor' }] },
    clients: [
      client('web', {
        standardFlowEnabled: true,
        redirectUris: [redirectUri],
        attributes: {
          'pkce.code.challenge.method': 'S256',
          'post.logout.redirect.uris': new URL('/', redirectUri).href,
          'backchannel.logout.session.required': 'true',
          ...(backChannelLogoutUri !== undefined && { 'backchannel.logout.url': backChannelLogoutUri }),
        },
      }),
      client('billing', { serviceAccountsEnabled: true }),
      client('signer', {
        ...{ serviceAccountsEnabled: true, clientAuthenticatorType: 'client-jwt' },
        attributes: {
          ...{ 'use.jwks.string': 'true', 'token.endpoint.auth.signing.alg': 'ES256' },
          'jwks.string': JSON.stringify({ keys: [signerKey] }),
        },
      }),
    ],
    users: [person('ada', ['auditor']), person('grace', [])],
    organizations: [organisation('acme', 'ada', 'grace'), organisation('beta', 'grace')],
  };
}
