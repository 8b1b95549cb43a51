/** Sessions at a real Keycloak: in a browser, renewed, revoked, while its keys change, and while it restarts. */
import { generateKeyPairSync } from 'node:crypto';
import { keycloak, type Preset } from '@portcullis/runtime/presets';
import { createClient, type RedisClientType } from 'redis';
import { Run } from '../../cli/src/engines/process/run';
import { policy } from '../../policy';
import { followRevocations, type RevocationList } from '../../runtime/src/auth';
import { describeInChromium, useChromium } from '../support/chromium';
import { useRedis } from '../support/engines';
import { partOf, ProviderApp } from '../support/providers/app';
import { signInAt, startKeycloak, type Keycloak } from '../support/providers/keycloak';
import type { Person } from '../support/providers/person';
import { until } from '../support/until';

/** Longer than a restart takes on a busy machine. */
const LIFE_SECONDS = 600;
const SCOPE = 'read:transactions';

const redis = useRedis();
let run: Run;
let client: RedisClientType;
let provider: Keycloak;
let identity: Preset;
let revocations: RevocationList;
let app: ProviderApp;
/** The same app, on a machine that shares no memory with the first. */
let elsewhere: ProviderApp;

beforeAll(async () => {
  run = await Run.open();
  [app, elsewhere] = await Promise.all([ProviderApp.open(), ProviderApp.open()]);
  client = createClient({ url: redis().adminUrl });
  // Redis ends before the file's own servers do.
  client.on('error', () => undefined);
  await client.connect();
  provider = await startKeycloak(run, {
    audience: policy.audience,
    scopes: [SCOPE],
    redirectUri: `${app.origin}/auth/callback`,
    signerKey: generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }),
    accessTokenSeconds: LIFE_SECONDS,
  });
  identity = keycloak({ url: provider.url, realm: provider.realm });
  revocations = followRevocations({ policy, redis: client, issuers: [identity.login.issuer] });
  const { clientSecret } = provider;
  const login = { scopes: ['openid', SCOPE] };
  app.serve(identity, { clientSecret, login, revocations });
  elsewhere.serve(identity, { clientSecret, login, at: app.origin });
});

afterAll(async () => {
  for (const part of [app, elsewhere, revocations]) part.close();
  client.destroy();
  await run.close();
});

const signIn = (): Promise<Person> => signInAt(app.origin, 'ada', provider.password);
/** On both machines: tokens are then due to be renewed. */
function later(): void {
  for (const machine of [app, elsewhere]) machine.later(LIFE_SECONDS);
}

const service = (): Promise<string> =>
  app.tokenOf({ clientId: 'billing', clientSecret: provider.clientSecret, scopes: [SCOPE] });

describeInChromium('in a browser', () => {
  const chromium = useChromium();

  it('a person logs in by code and PKCE, keeps no token, and logs out here and there', async () => {
    const context = await chromium().newContext();
    const page = await context.newPage();
    const asked: URL[] = [];
    page.on('request', (request) => asked.push(new URL(request.url())));
    await page.goto(`${app.origin}/auth/login?returnTo=/api/me`);
    await page.locator('#username').fill('ada');
    await page.locator('#kc-login').click();
    await page.locator('#password').fill(provider.password);
    await page.locator('#kc-login').click();
    await page.waitForURL(`${app.origin}/api/me`);
    expect(await page.locator('body').innerText()).toContain(SCOPE);

    const login = asked.find(({ pathname }) => pathname.endsWith('/protocol/openid-connect/auth'));
    expect(login?.searchParams.get('code_challenge_method')).toBe('S256');
    const kept = (await context.cookies(app.origin)).map(({ name, httpOnly, secure, sameSite }) => ({
      isSession: name.startsWith(`__Host-${policy.name}-session`),
      ...{ httpOnly, secure, sameSite },
    }));
    // One or more: a session is cut where it is too long for a cookie.
    const each = { isSession: true, httpOnly: true, secure: true, sameSite: 'Lax' };
    expect(kept.length).toBeGreaterThan(0);
    expect(kept).toEqual(kept.map(() => each));
    expect(await page.evaluate('[document.cookie, localStorage.length, sessionStorage.length]')).toEqual([
      '',
      0,
      0,
    ]);

    await page.evaluate(
      `{ const form = document.createElement('form'); form.method = 'post'; form.action = '/auth/logout';
         document.body.append(form); form.submit(); }`,
    );
    await page.waitForURL(`${app.origin}/`);
    expect(asked.some(({ pathname }) => pathname.endsWith('/protocol/openid-connect/logout'))).toBe(true);
    // Keycloak asks who it is.
    await page.goto(`${app.origin}/auth/login`);
    await page.locator('#username').waitFor();
    await context.close();
  });
});

it.each([
  { rotating: false, another: 200 },
  { rotating: true, another: 401 },
])('renews sessions; with rotation: $rotating, a copy of the cookie gets $another', async (row) => {
  await provider.admin('PUT', '', { revokeRefreshToken: row.rotating, refreshTokenMaxReuse: 0 });
  const person = await signIn();
  const copy = person.clone(app.origin, elsewhere.origin);
  // Keycloak tells a token that was replaced from the one in its place by the second in which each was issued.
  const second = (): number => Math.floor(Date.now() / 1_000);
  const signedIn = second();
  await until(() => second() > signedIn);
  const tokens = new Set<unknown>();
  for (let renewal = 0; renewal < 3; renewal += 1) {
    const { status, caller } = await app.me(person);
    expect(status).toBe(200);
    tokens.add(caller.claims?.jti);
    later();
  }
  expect(tokens.size).toBe(3);
  await expect(elsewhere.me(copy)).resolves.toMatchObject({ status: row.another });
  await provider.admin('PUT', '', { revokeRefreshToken: false });
});

it('ends a session that was revoked here, on every instance', async () => {
  const person = await signIn();
  const { caller } = await app.me(person);
  const { issuer } = identity.login;
  await revocations.revoke({ issuer, subject: caller.subject ?? '' });
  await until(async () => (await app.me(person)).status === 401);
});

it('ends a session that Keycloak ended and told nobody about, when its token is to be renewed', async () => {
  // What was revoked here holds for whatever was issued until then, in whole seconds.
  let person = await signIn();
  await until(async () => {
    if ((await app.me(person)).status === 200) return true;
    person = await signIn();
    return false;
  });
  const sid = String((await app.me(person)).caller.claims?.sid);
  await provider.admin('DELETE', `sessions/${sid}`);
  await expect(app.me(person)).resolves.toMatchObject({ status: 200 });
  later();
  await expect(app.me(person)).resolves.toMatchObject({ status: 401 });
  expect(app.events).toContainEqual(
    expect.objectContaining({ type: 'session_ended', cause: 'invalid_grant' }),
  );
});

/** Four callers who ask all the time, a person among them. @returns the answers other than 200. */
async function underLoad(
  person: Person,
  token: () => string,
  meanwhile: (answered: () => number) => Promise<void>,
): Promise<number[]> {
  let going = true;
  let answers = 0;
  const others: number[] = [];
  const asking = async (ask: () => Promise<{ status: number }>): Promise<void> => {
    while (going) {
      const { status } = await ask();
      answers += 1;
      if (status !== 200) others.push(status);
    }
  };
  const callers = [
    asking(() => app.me(person)),
    ...Array.from({ length: 3 }, () => asking(() => app.withToken(token()))),
  ];
  try {
    await meanwhile(() => answers);
  } finally {
    going = false;
    await Promise.all(callers);
  }
  return others;
}

it('answers every request while its keys change, with tokens of the keys before and after', async () => {
  const person = await signIn();
  let token = await service();
  const others = await underLoad(
    person,
    () => token,
    async (answered) => {
      for (const priority of ['200', '300']) {
        const before = partOf(token, 'header').kid;
        await provider.admin('POST', 'components', {
          ...{ name: `rsa-${priority}`, providerId: 'rsa-generated' },
          providerType: 'org.keycloak.keys.KeyProvider',
          config: { priority: [priority], enabled: ['true'], active: ['true'], algorithm: ['RS256'] },
        });
        await until(async () => {
          token = await service();
          return partOf(token, 'header').kid !== before;
        });
        const seen = answered();
        await until(() => answered() > seen + 20);
      }
    },
  );
  expect(others).toEqual([]);
});

it('lets tokens and sessions in that it knows while Keycloak restarts, and people log in afterwards', async () => {
  const person = await signIn();
  const token = await service();
  let meanwhile = 0;
  const others = await underLoad(
    person,
    () => token,
    async (answered) => {
      await until(() => answered() > 20);
      await provider.server.stop();
      const seen = answered();
      await until(() => answered() > seen + 20);
      meanwhile = answered() - seen;
      await provider.server.restart();
    },
  );
  expect(others).toEqual([]);
  expect(meanwhile).toBeGreaterThan(20);
  await expect(app.me(await signIn())).resolves.toMatchObject({ status: 200 });
});
