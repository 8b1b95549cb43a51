/** The preset on a real Ory Hydra: its tokens as they come, people, refresh tokens that rotate, keys that change. */
import { hydra, type Preset } from '@portcullis/runtime/presets';
import { Run } from '../../cli/src/engines/process/run';
import { randomPassword } from '../../cli/src/engines/random';
import { policy } from '../../policy';
import { partOf, ProviderApp } from '../support/providers/app';
import { startHydra, type Hydra } from '../support/providers/hydra';
import { Person } from '../support/providers/person';
import { until } from '../support/until';

const LIFE_SECONDS = 300;
const SCOPE = 'read:transactions';
const password = randomPassword();
const clientSecret = randomPassword();

let run: Run;
let provider: Hydra;
let identity: Preset;
let app: ProviderApp;
/** The same app, on a machine that shares no memory with the first. */
let elsewhere: ProviderApp;

beforeAll(async () => {
  run = await Run.open();
  [app, elsewhere] = await Promise.all([ProviderApp.open(), ProviderApp.open()]);
  provider = await startHydra(run, {
    people: { ada: { password, claims: { org_id: 'acme', tier: 'pro' } } },
    accessTokenSeconds: LIFE_SECONDS,
  });
  const client = { client_secret: clientSecret, audience: [policy.audience] };
  await provider.admin('POST', 'clients', {
    ...client,
    ...{ client_id: 'web', grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'] },
    scope: `openid offline_access ${SCOPE}`,
    redirect_uris: [`${app.origin}/auth/callback`],
    post_logout_redirect_uris: [`${app.origin}/`],
  });
  for (const [client_id, access_token_strategy] of [
    ['billing', 'jwt'],
    ['opaque', 'opaque'],
  ]) {
    const service = { client_id, access_token_strategy, grant_types: ['client_credentials'], scope: SCOPE };
    await provider.admin('POST', 'clients', { ...client, ...service });
  }
  identity = hydra({ url: provider.issuer, audience: policy.audience });
  const login = { scopes: ['openid', 'offline_access', SCOPE] };
  app.serve(identity, { clientSecret, login });
  elsewhere.serve(identity, { clientSecret, login, at: app.origin });
});

afterAll(async () => {
  app.close();
  elsewhere.close();
  provider.stop();
  await run.close();
});

/** Logs in through the login app, and allows what is asked for. */
async function signIn(answer: Record<string, string> = { allow: 'yes' }): Promise<Person> {
  const person = new Person();
  const loginPage = await person.visit(`${app.origin}/auth/login?returnTo=/`);
  const consentPage = await person.fillIn(loginPage, { username: 'ada', password });
  expect(consentPage.text).toContain(SCOPE);
  await person.fillIn(consentPage, answer);
  return person;
}

/** On both machines: tokens are then due to be renewed. */
function later(): void {
  for (const machine of [app, elsewhere]) machine.later(LIFE_SECONDS);
}

const service = (clientId: string): Promise<string> =>
  app.tokenOf({ clientId, clientSecret, scopes: [SCOPE] });

it('lets services in with their tokens as they come: typ JWT, scp as a list', async () => {
  const token = await service('billing');
  expect(partOf(token, 'header')).toMatchObject({ typ: 'JWT', alg: 'RS256' });
  expect(partOf(token, 'claims')).toMatchObject({ scp: [SCOPE], aud: [policy.audience] });
  await expect(app.withToken(token)).resolves.toMatchObject({
    status: 200,
    caller: { clientId: 'billing', scopes: [SCOPE] },
  });
});

it('refuses a token without the API in it, an opaque one and an ID token, and says why', async () => {
  const forNobody = await app.tokenOf({ clientId: 'billing', clientSecret, parameters: {} });
  const person = await signIn();
  const logout = new URL(await person.send(`${app.origin}/auth/logout`));
  const idToken = logout.searchParams.get('id_token_hint') ?? '';
  expect(partOf(idToken, 'claims')).toMatchObject({ sub: 'ada', aud: ['web'] });
  const before = app.refusals.length;
  for (const token of [forNobody, await service('opaque'), idToken]) {
    await expect(app.withToken(token)).resolves.toMatchObject({ status: 401 });
  }
  expect(app.refusals.slice(before)).toEqual(['wrong_audience', 'malformed', 'wrong_type']);
});

it('lets people in, with what the consent app says about them', async () => {
  const { status, caller } = await app.me(await signIn());
  expect(status).toBe(200);
  expect(caller).toMatchObject({ subject: 'ada', clientId: 'web', organisation: 'acme', tier: 'pro' });
  expect(caller.scopes).toEqual(['openid', 'offline_access', SCOPE]);
});

it('lets nobody in who allows nothing', async () => {
  const person = await signIn({ allow: 'no' });
  await expect(app.me(person)).resolves.toMatchObject({ status: 401 });
  expect(app.events).toContainEqual({ type: 'login_failed', reason: 'denied', cause: 'access_denied' });
});

it('renews a session as often as it is due, each time with the refresh token that came last', async () => {
  const person = await signIn();
  const tokens = new Set<unknown>();
  for (let renewal = 0; renewal < 3; renewal += 1) {
    const { status, caller } = await app.me(person);
    expect(status).toBe(200);
    tokens.add(caller.claims?.jti);
    later();
  }
  expect(tokens.size).toBe(3);
});

it('ends a session whose refresh token was used by somebody else, for both', async () => {
  const person = await signIn();
  const thief = person.clone(app.origin, elsewhere.origin);
  later();
  await expect(app.me(person)).resolves.toMatchObject({ status: 200 });
  await expect(elsewhere.me(thief)).resolves.toMatchObject({ status: 401 });
  expect(elsewhere.events).toContainEqual({ type: 'session_ended', subject: 'ada', cause: 'invalid_grant' });
  later();
  await expect(app.me(person)).resolves.toMatchObject({ status: 401 });
});

it('logs out here and at Hydra, whose refresh token is then worth nothing', async () => {
  const person = await signIn();
  const copy = person.clone(app.origin, elsewhere.origin);
  const left = await person.visit(await person.send(`${app.origin}/auth/logout`));
  expect(left.url).toBe(`${app.origin}/`);
  await expect(app.me(person)).resolves.toMatchObject({ status: 401 });
  later();
  await expect(elsewhere.me(copy)).resolves.toMatchObject({ status: 401 });
});

it('goes on while its keys change', async () => {
  const before = await service('billing');
  await expect(app.withToken(before)).resolves.toMatchObject({ status: 200 });
  await provider.admin('POST', 'keys/hydra.jwt.access-token', { alg: 'RS256', use: 'sig', kid: 'next' });
  const after = await until(async () => {
    const token = await service('billing');
    return partOf(token, 'header').kid !== partOf(before, 'header').kid && token;
  });
  await expect(app.withToken(after)).resolves.toMatchObject({ status: 200 });
  await expect(app.withToken(before)).resolves.toMatchObject({ status: 200 });
});
