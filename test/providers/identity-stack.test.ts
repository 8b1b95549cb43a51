/** The realm of the stack on a real Keycloak: made, found as it has to be, obeyed by the API, taken away. */
import express from 'express';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { keycloak } from '@portcullis/runtime/presets';
import { EngineCache } from '../../cli/src/engines/install/cache';
import { findKeycloak } from '../../cli/src/engines/programs/keycloak';
import { KeycloakAdmin } from '../../cli/src/identity/admin-client';
import { removeRealm, secretOf } from '../../cli/src/identity/realm-actions';
import { applyRealm, planRealm } from '../../cli/src/identity/reconcile';
import { startKeycloak } from '../../cli/src/local/servers/keycloak';
import { policy } from '../../policy';
import { clientCredentials, login, requireAuth } from '../../runtime/src/auth';
import { identityStack } from '../../stacks/identity-stack';
import { useRun, useServer } from '../support/engines';
import { Person } from '../support/providers/person';
import { done } from '../tasks/world';

const provider = useServer(async (run) =>
  startKeycloak(run, await findKeycloak({ run, cache: new EngineCache(), note: () => undefined })),
);
const run = useRun();
const PASSWORD = 'correct horse battery staple';
const known = {
  environment: 'staging',
  organisations: [{ alias: 'acme', tier: 'pro' }],
  services: [{ clientId: 'billing', scopes: ['read:transactions'], organisation: 'acme' }],
};
const stack = identityStack('http://localhost', known);

/** Each test finds no realm, and leaves none. */
let admin: KeycloakAdmin;
beforeEach(() => {
  admin = new KeycloakAdmin(provider().access);
});
afterEach(async () => {
  await removeRealm(admin, stack);
});

const identityOf = (): ReturnType<typeof keycloak> => keycloak({ url: provider().url, realm: stack.realm });

async function tokenOf(clientId: string, scopes: readonly string[]): Promise<string> {
  const clientSecret = await secretOf(admin, stack, clientId);
  const source = clientCredentials({ ...identityOf().client, clientId, clientSecret, scopes });
  try {
    return await source.token();
  } finally {
    source.close();
  }
}

/** Serves with `...keycloak()`, while `use` works with it. */
async function served<T>(use: (origin: string) => Promise<T>): Promise<T> {
  const app = express();
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { verify, login: asked } = identityOf();
  const auth = requireAuth({ policy, ...verify });
  const people = login({
    policy,
    ...asked,
    ...{ clientId: 'fintech-web', clientSecret: await secretOf(admin, stack, 'fintech-web') },
    redirectUri: `${origin}/auth/callback`,
    encryptionKeys: ['k'.repeat(32)],
  });
  app.use(people, auth, (req, res) => void res.json(req.auth));
  try {
    return await use(origin);
  } finally {
    people.close();
    auth.close();
    server.closeAllConnections();
    server.close();
  }
}

it('makes the realm, and has nothing to do a second time', async () => {
  const planned = await planRealm(admin, stack);
  expect(planned).toContainEqual({ action: 'create', subject: 'realm fintech-api', fields: [] });
  await expect(admin.find('/fintech-api')).resolves.toBeUndefined();
  await applyRealm(admin, stack);
  await expect(planRealm(admin, stack)).resolves.toEqual([]);
  await expect(applyRealm(admin, stack)).resolves.toEqual([]);
});

it('gives a service a token that is let in, with its tier, its scopes and nothing else', async () => {
  await applyRealm(admin, stack);
  const token = await tokenOf('billing', ['read:transactions']);
  const answer = await served((origin) =>
    fetch(`${origin}/api/me`, { headers: { Authorization: `Bearer ${token}` } }),
  );
  expect(answer.status).toBe(200);
  await expect(answer.json()).resolves.toMatchObject({
    ...{ organisation: 'acme', tier: 'pro', scopes: ['read:transactions'], clientId: 'billing' },
  });
  await expect(tokenOf('billing', ['write:transactions'])).rejects.toMatchObject({
    code: 'ERR_PROVIDER_REFUSED',
  });
});

it('logs a person in, with her organisation and its tier', async () => {
  await applyRealm(admin, stack);
  await served(async (origin) => {
    await applyRealm(admin, identityStack(origin, known));
    const user = await admin.create('/fintech-api/users', {
      ...{ username: 'ada', enabled: true, email: 'ada@example.com', emailVerified: true },
      ...{ firstName: 'Ada', lastName: 'Lovelace' },
      credentials: [{ type: 'password', value: PASSWORD, temporary: false }],
    });
    const [acme] = await admin.readAll<{ id: string }>('/fintech-api/organizations');
    await admin.create(`/fintech-api/organizations/${acme?.id}/members`, user);

    const person = new Person();
    const whoPage = await person.visit(`${origin}/auth/login?returnTo=/`);
    const passwordPage = await person.fillIn(whoPage, { username: 'ada' });
    await person.fillIn(passwordPage, { username: 'ada', password: PASSWORD });
    const { status, text } = await person.visit(`${origin}/api/me`);
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ organisation: 'acme', tier: 'pro', clientId: 'fintech-web' });
  });
});

it('brings back what somebody changed by hand, and keeps what is theirs', async () => {
  await applyRealm(admin, stack);
  await admin.replace('/fintech-api', {
    realm: 'fintech-api',
    bruteForceProtected: false,
    displayName: 'Ours',
  });
  await admin.create('/fintech-api/clients', { clientId: 'theirs', enabled: true });
  const changes = await applyRealm(admin, stack);
  expect(changes).toEqual([
    { action: 'update', subject: 'realm fintech-api', fields: ['bruteForceProtected: false → true'] },
  ]);
  await expect(admin.read('/fintech-api')).resolves.toMatchObject({ displayName: 'Ours' });
  await expect(secretOf(admin, stack, 'theirs', true)).rejects.toMatchObject({
    message: expect.stringContaining('the client theirs was not made by Portcullis') as unknown,
  });
});

it('brings a scope back that is in the wrong list, and a grant that is allowed, and keeps the secret', async () => {
  await applyRealm(admin, stack);
  const secret = await secretOf(admin, stack, 'billing');
  const [client] = await admin.read<{ id: string; attributes: object }[]>(
    '/fintech-api/clients?clientId=billing',
  );
  const scopes = await admin.read<{ id: string; name: string }[]>('/fintech-api/client-scopes');
  const audience = scopes.find(({ name }) => name === 'fintech-api-audience')?.id;
  const path = `/fintech-api/clients/${client?.id}`;
  await admin.remove(`${path}/default-client-scopes/${audience}`);
  await admin.replace(`${path}/optional-client-scopes/${audience}`);
  const attributes = { ...client?.attributes, 'standard.token.exchange.enabled': 'true' };
  await admin.replace(path, { ...client, attributes, secret: undefined });
  await expect(applyRealm(admin, stack)).resolves.toEqual([
    {
      ...{ action: 'update', subject: 'client billing' },
      fields: ['attributes.standard.token.exchange.enabled: "true" → "false"'],
    },
    {
      ...{ action: 'update', subject: 'client billing' },
      fields: ['+ default scope fintech-api-audience', '- optional scope fintech-api-audience'],
    },
  ]);
  await expect(planRealm(admin, stack)).resolves.toEqual([]);
  await expect(secretOf(admin, stack, 'billing')).resolves.toBe(secret);
});

it('makes Keycloak’s own scope of organisations again', async () => {
  await applyRealm(admin, stack);
  const scopes = await admin.read<{ id: string; name: string }[]>('/fintech-api/client-scopes');
  const { id = '' } = scopes.find(({ name }) => name === 'organization') ?? {};
  await admin.remove(`/fintech-api/client-scopes/${id}`);
  await applyRealm(admin, stack);
  await expect(planRealm(admin, stack)).resolves.toEqual([]);
});

it('leaves a realm of another environment alone', async () => {
  await applyRealm(admin, stack);
  const prod = identityStack('http://localhost', { ...known, environment: 'prod' });
  const refusal = {
    code: 'ERR_SETTING',
    message: expect.stringContaining('"fintech-api/staging"') as unknown,
  };
  await expect(applyRealm(admin, prod)).rejects.toMatchObject(refusal);
  await expect(removeRealm(admin, prod)).rejects.toMatchObject(refusal);
  await expect(secretOf(admin, prod, 'billing')).rejects.toMatchObject(refusal);
  await expect(planRealm(admin, stack)).resolves.toEqual([]);
});

it('takes a tier, a scope and a client away that are no longer described, and no organisation', async () => {
  await applyRealm(admin, stack);
  const less = identityStack('http://localhost', {
    environment: 'staging',
    organisations: [{ alias: 'acme' }],
  });
  await expect(applyRealm(admin, less)).resolves.toEqual([
    { action: 'update', subject: 'organisation acme', fields: ['attributes.tier: ["pro"] → nothing'] },
    { action: 'remove', subject: 'client billing', fields: [] },
  ]);
  await expect(
    applyRealm(admin, identityStack('http://localhost', { environment: 'staging' })),
  ).resolves.toEqual([]);
  await expect(admin.readAll('/fintech-api/organizations')).resolves.toHaveLength(1);
});

it('changes and removes nothing of a realm that somebody else made', async () => {
  await admin.create('', { realm: 'fintech-api', enabled: true, displayName: 'Theirs' });
  const refusal = {
    code: 'ERR_SETTING',
    message: expect.stringContaining('not made by Portcullis') as unknown,
  };
  await expect(planRealm(admin, stack)).rejects.toMatchObject(refusal);
  await expect(applyRealm(admin, stack)).rejects.toMatchObject(refusal);
  await expect(removeRealm(admin, stack)).rejects.toMatchObject(refusal);
  await expect(admin.read('/fintech-api')).resolves.toMatchObject({ displayName: 'Theirs' });
  await admin.remove('/fintech-api');
});

it('shows no secret in what it says, and makes a new one when asked', async () => {
  const said = [await planRealm(admin, stack), await applyRealm(admin, stack)];
  const before = await secretOf(admin, stack, 'billing');
  expect(JSON.stringify(said)).not.toContain(before);
  const after = await secretOf(admin, stack, 'billing', true);
  expect(after).not.toBe(before);
  await expect(planRealm(admin, stack)).resolves.toEqual([]);
});

it('says who may not, without the secret', async () => {
  const access = { ...provider().access, clientSecret: 'hunter2hunter2' };
  const error: unknown = await planRealm(new KeycloakAdmin(access), stack).catch((one: unknown) => one);
  expect(error).toMatchObject({ code: 'ERR_KEYCLOAK_REFUSED', status: 401 });
  expect((error as Error).message).not.toContain('hunter2');
});

it('own-keycloak, the task of a newcomer', async () => {
  const { url, clientId, clientSecret } = provider().access;
  await done(run(), 'own-keycloak', await run().subfolder('own-keycloak'), {
    ...{ KEYCLOAK_URL: url, KEYCLOAK_ADMIN_CLIENT_ID: clientId, KEYCLOAK_ADMIN_CLIENT_SECRET: clientSecret },
  });
});
