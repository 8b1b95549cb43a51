import { createClient } from 'redis';
import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import {
  clientCredentials,
  followRevocations,
  type RevocationList,
  type TokenSource,
} from '../../../../runtime/src/auth';
import type { Policy } from '../../../../runtime/src/policy';
import { systemClock } from '../../../../runtime/src/time/clock';
import type { ClientAuthentication } from '../../../../runtime/src/auth/provider/options';
import { handoverThrough } from '../../../../runtime/src/auth/login/session/handover';
import { Sealer } from '../../../../runtime/src/auth/login/seal';
import { newSession, type Session } from '../../../../runtime/src/auth/login/session/session';
import { until } from '../../../support/until';
import { choosePort } from '../../../../cli/src/engines/process/ports';
import { scopes } from '../../../../cli/src/local/clients';
import { startOidc, type OidcOptions, type OidcServer } from '../../../../cli/src/local/servers/oidc';
import { policy } from '../../../../policy';
import { useOidc, useRedis, useRun } from '../../../support/engines';
import {
  servePeople,
  servePeopleOf,
  webClient,
  type PeopleApp,
  type KnownPeopleAppOptions,
} from './people-app';
import { Visitor, type Page } from './visitor';

// Bounds of real time on a machine that others use too: what is tried again says why it failed.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

const LIFE_SECONDS = 900;
const provider: OidcOptions = {
  audience: policy.audience,
  scopes,
  accessTokenSeconds: LIFE_SECONDS,
  clients: [{ clientId: 'svc', clientSecret: 's'.repeat(40), organisation: 'org-pro', tier: 'pro', scopes }],
  people: [
    { subject: 'ada', name: 'Ada Lovelace', organisation: 'org-free-one', tier: 'free' },
    { subject: 'grace', name: 'Grace Hopper', organisation: 'org-pro', tier: 'pro' },
  ],
};

const oidc = useOidc(provider);
let apps: PeopleApp[] = [];
afterEach(async () => {
  await Promise.all(apps.map((app) => app.stop()));
  apps = [];
});

async function served(making: Promise<PeopleApp>): Promise<PeopleApp> {
  const app = await making;
  apps.push(app);
  return app;
}

const people = (options?: Parameters<typeof servePeopleOf>[1]): Promise<PeopleApp> =>
  served(servePeopleOf(oidc(), options));

const withSessionsOf = (sessionSeconds: number): Policy => ({
  ...policy,
  lifetimes: { ...policy.lifetimes, sessionSeconds },
});

const SESSION = `__Host-${policy.name}-session`;

/** Logs in, and gives the page on which the visitor arrives. */
async function logIn(app: PeopleApp, visitor: Visitor, returnTo = '/', person = 'ada'): Promise<Page> {
  const start = await visitor.get(`${app.origin}/auth/login?returnTo=${encodeURIComponent(returnTo)}`);
  expect(start.status).toBe(303);
  return visitor.get(await visitor.signIn(start.location, person));
}

async function loggedIn(app: PeopleApp): Promise<Visitor> {
  const visitor = new Visitor();
  expect((await logIn(app, visitor)).status).toBe(303);
  return visitor;
}

const me = (app: PeopleApp, visitor: Visitor): Promise<Page> => visitor.get(`${app.origin}/api/me`);

/** A client that says who it is in this way, and how the provider knows it. */
function clientBy(method: ClientAuthentication): KnownPeopleAppOptions {
  if (method.startsWith('client_secret')) {
    return { clientAuthentication: method, knownBy: { authentication: method } };
  }
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    clientAuthentication: method,
    clientSecret: undefined as never,
    ...(method === 'private_key_jwt' && {
      privateKey: { ...privateKey.export({ format: 'jwk' }), kid: 'ours' },
    }),
    knownBy: {
      authentication: method,
      clientSecret: undefined as never,
      publicKey: { ...publicKey.export({ format: 'jwk' }), kid: 'ours' },
    },
  };
}

describe('logging in', () => {
  it.each(['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'] as const)(
    'works with %s',
    async (method) => {
      const app = await people(clientBy(method));
      const visitor = new Visitor();
      const arrived = await logIn(app, visitor, '/somewhere?a=b');
      expect(arrived).toMatchObject({ status: 303, location: `${app.origin}/somewhere?a=b` });
      expect(arrived.headers.get('cache-control')).toBe('no-store');

      const answer = await me(app, visitor);
      expect(answer).toMatchObject({ status: 200, text: '{"subject":"ada"}' });
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect([...visitor.cookies(app.origin).keys()]).toEqual([SESSION]);
      expect(arrived.cookies.find((line) => line.startsWith(SESSION))).toMatch(
        /; Max-Age=7200; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
      );
    },
  );

  it('asks for a code with PKCE S256, state, nonce and the API as resource', async () => {
    const app = await people();
    const { location } = await new Visitor().get(`${app.origin}/auth/login`);
    const query = Object.fromEntries(new URL(location).searchParams);
    expect(query).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      resource: policy.audience,
      redirect_uri: `${app.origin}/auth/callback`,
    });
    for (const name of ['state', 'nonce', 'code_challenge']) expect(query[name]).toHaveLength(43);
  });

  it('shows tokens to nobody: not in pages, not in events, not readable in the cookie', async () => {
    const app = await people();
    const visitor = await loggedIn(app);
    const { text } = await me(app, visitor);
    const shown = JSON.stringify([text, app.events, [...visitor.cookies(app.origin)]]);
    expect(shown).toContain('logged_in');
    // Every token here is a JWT, which starts so, but for the JWE's own header and opaque refresh tokens.
    expect(shown.replaceAll(/eyJhbGciOiJkaXIi[\w-]*\./g, '')).not.toMatch(/eyJ[\w-]+\.eyJ|ada.{0,20}org/);
  });

  it('works in several tabs at once, each arriving where it began', async () => {
    const app = await people();
    const visitor = new Visitor();
    const start = (path: string): Promise<Page> => visitor.get(`${app.origin}/auth/login?returnTo=${path}`);
    const [one, two] = [await start('/one'), await start('/two')];
    const second = await visitor.signIn(two.location, 'ada');
    const first = await visitor.signIn(one.location, 'ada');
    expect((await visitor.get(first)).location).toBe(`${app.origin}/one`);
    expect((await visitor.get(second)).location).toBe(`${app.origin}/two`);
  });

  it('is answered to HEAD as to GET', async () => {
    const app = await people();
    const head = await fetch(`${app.origin}/auth/login`, { method: 'HEAD', redirect: 'manual' });
    expect(head.status).toBe(303);
    expect(head.headers.get('location')).toContain(`${oidc().issuer}/auth?`);
    const post = await fetch(`${app.origin}/auth/login`, { method: 'POST' });
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    // It would redeem the code, which the GET that follows needs.
    const callback = await fetch(`${app.origin}/auth/callback`, { method: 'HEAD' });
    expect([callback.status, callback.headers.get('allow')]).toEqual([405, 'GET']);
  });

  it('never leads to another site', async () => {
    const app = await people();
    expect((await logIn(app, new Visitor(), '//evil.example/')).location).toBe(`${app.origin}/`);
  });

  it('that a person cancels says so, as a page to browsers and as JSON to programs', async () => {
    const app = await people();
    const visitor = new Visitor();
    const { location } = await visitor.get(`${app.origin}/auth/login`);
    const back = await visitor.signIn(location, '');
    const page = await visitor.clone().get(back, { accept: 'text/html' });
    expect(page.status).toBe(403);
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const answer = await visitor.get(back, { accept: 'application/json' });
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.text)).toMatchObject({ error: 'forbidden' });
  });
});

describe('a response that is not to be believed is refused', () => {
  /** Goes to the provider, with the request changed on the way there or the response on the way back. */
  async function tampered(
    app: PeopleApp,
    { request, response }: Partial<Record<'request' | 'response', (query: URLSearchParams) => void>>,
  ): Promise<Page> {
    const visitor = new Visitor();
    const there = new URL((await visitor.get(`${app.origin}/auth/login`)).location);
    request?.(there.searchParams);
    const back = new URL(await visitor.signIn(there.href, 'ada'));
    response?.(back.searchParams);
    const page = await visitor.get(back.href, { accept: 'application/json' });
    expect(visitor.cookies(app.origin).has(SESSION)).toBe(false);
    expect((await me(app, visitor)).status).toBe(401);
    return page;
  }
  const cause = (app: PeopleApp): unknown => app.events.findLast(({ type }) => type === 'login_failed');

  it('untampered, it is let in', async () => {
    const app = await people();
    const visitor = new Visitor();
    expect((await logIn(app, visitor)).status).toBe(303);
  });

  it.each<[string, string, string, Parameters<typeof tampered>[1]]>([
    ['another state', 'unknown', '', { response: (query) => query.set('state', 'x'.repeat(43)) }],
    ['no state', 'unknown', '', { response: (query) => query.delete('state') }],
    [
      'another issuer (RFC 9207)',
      'refused',
      'invalid_response',
      { response: (query) => query.set('iss', 'https://evil.example') },
    ],
    ['no issuer', 'refused', 'invalid_response', { response: (query) => query.delete('iss') }],
    [
      'two issuers',
      'refused',
      'invalid_response',
      { response: (query) => query.append('iss', 'https://evil.example') },
    ],
    ['another code', 'refused', 'invalid_grant', { response: (query) => query.set('code', 'x'.repeat(43)) }],
    ['no code', 'refused', 'invalid_response', { response: (query) => query.delete('code') }],
    [
      'an ID token with another nonce',
      'refused',
      'invalid_response',
      { request: (query) => query.set('nonce', 'another') },
    ],
    [
      'a code for another verifier',
      'refused',
      'invalid_grant',
      { request: (query) => query.set('code_challenge', 'x'.repeat(43)) },
    ],
  ])('%s', async (_what, reason, why, how) => {
    const app = await people();
    expect((await tampered(app, how)).status).toBe(400);
    expect(cause(app)).toMatchObject({ reason, ...(why !== '' && { cause: why }) });
  });

  it('one that another browser asked for: nobody is logged in as somebody else', async () => {
    const app = await people();
    const attacker = new Visitor();
    const { location } = await attacker.get(`${app.origin}/auth/login`);
    const link = await attacker.signIn(location, 'grace');
    const victim = new Visitor();
    expect((await victim.get(link)).status).toBe(400);
    expect((await me(app, victim)).status).toBe(401);
  });

  it('one that was used before', async () => {
    const app = await people();
    const visitor = new Visitor();
    const { location } = await visitor.get(`${app.origin}/auth/login`);
    const back = await visitor.signIn(location, 'ada');
    expect((await visitor.get(back)).status).toBe(303);
    expect((await visitor.get(back)).status).toBe(400);
  });
});

describe('the session', () => {
  it('that was changed by a character is none', async () => {
    const app = await people();
    const visitor = await loggedIn(app);
    const jar = visitor.cookies(app.origin);
    const sealed = jar.get(SESSION) ?? '';
    for (const at of [10, 40, Math.floor(sealed.length / 2), sealed.length - 10]) {
      const changed = sealed.slice(0, at) + (sealed[at] === 'A' ? 'B' : 'A') + sealed.slice(at + 1);
      jar.set(SESSION, changed);
      expect((await me(app, visitor)).status).toBe(401);
      expect(jar.has(SESSION)).toBe(false);
    }
  });

  it('is opened with an old key, and sealed with the new one at its next renewal', async () => {
    const [old, current] = ['o'.repeat(32), 'n'.repeat(32)];
    const before = await people({ encryptionKeys: [old] });
    const visitor = await loggedIn(before);
    const during = await served(
      servePeople({ issuer: oidc().issuer, encryptionKeys: [current, old] }, before.origin),
    );
    const after = await served(
      servePeople({ issuer: oidc().issuer, encryptionKeys: [current] }, before.origin),
    );
    const move = (from: PeopleApp, to: PeopleApp): void => {
      for (const [name, value] of visitor.cookies(from.origin)) visitor.cookies(to.origin).set(name, value);
    };

    move(before, during);
    expect((await me(during, visitor)).status).toBe(200);
    during.later(LIFE_SECONDS);
    expect((await me(during, visitor)).status).toBe(200);
    move(during, after);
    expect((await me(after, visitor)).status).toBe(200);
  });

  it('goes on when the key is replaced while the app runs, and is sealed with the new one', async () => {
    const [old, current] = ['o'.repeat(32), 'n'.repeat(32)];
    let keys: readonly string[] = [old];
    const app = await people({ encryptionKeys: () => keys });
    const visitor = await loggedIn(app);
    keys = [current, old];
    expect((await me(app, visitor)).status).toBe(200);
    app.later(LIFE_SECONDS);
    expect((await me(app, visitor)).status).toBe(200);
    keys = [current];
    expect((await me(app, visitor)).status).toBe(200);
  });

  it('ends when it is idle, and at its greatest age', async () => {
    const app = await people({ idle: '30m', policy: withSessionsOf(3_600) });
    const idle = await loggedIn(app);
    const busy = await loggedIn(app);
    for (let quarter = 1; quarter < 4; quarter += 1) {
      app.later(LIFE_SECONDS);
      expect((await me(app, busy)).status).toBe(200);
    }
    expect((await me(app, idle)).status).toBe(401);
    app.later(LIFE_SECONDS);
    expect((await me(app, busy)).status).toBe(401);
  });

  it('works for pages of this site only', async () => {
    const app = await people();
    const visitor = await loggedIn(app);
    const book = (headers: Record<string, string>): Promise<Page> =>
      visitor.post(`${app.origin}/api/transactions`, {}, headers);
    expect((await book({})).status).toBe(200);
    for (const site of ['cross-site', 'same-site', 'none'])
      expect((await book({ 'Sec-Fetch-Site': site })).status).toBe(403);
    expect(
      (await visitor.post(`${app.origin}/auth/logout`, {}, { 'Sec-Fetch-Site': 'cross-site' })).status,
    ).toBe(403);
    expect((await visitor.get(`${app.origin}/auth/logout`)).status).toBe(405);
    expect((await me(app, visitor)).status).toBe(200);
  });

  it('and an Authorization header are one too many', async () => {
    const app = await people();
    const visitor = await loggedIn(app);
    const both = await visitor.get(`${app.origin}/api/me`, { authorization: 'Bearer x' });
    expect(both.status).toBe(400);
    expect(JSON.parse(both.text)).toMatchObject({ error: 'invalid_request' });
  });
});

describe('renewal', () => {
  it('uses each refresh token once, however many requests come at once', async () => {
    const app = await people();
    const visitor = await loggedIn(app);
    for (let round = 1; round <= 3; round += 1) {
      app.later(LIFE_SECONDS);
      const tabs = Array.from({ length: 20 }, () => visitor.clone());
      const answers = await Promise.all(tabs.map((tab) => me(app, tab)));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      // A request that comes late still brings the old cookie.
      expect((await me(app, visitor)).status).toBe(200);
    }
    // A token that was used twice would have ended the login at the provider.
    expect(app.events.map(({ type }) => type)).not.toContain('session_ended');
  });

  it('that the provider refuses ends the session: 401, and the cookie goes', async () => {
    const app = await people();
    const visitor = await loggedIn(app);
    const thief = visitor.clone();
    app.later(LIFE_SECONDS);
    expect((await me(app, visitor)).status).toBe(200);
    // The browser has the new session, and the minute in which the old cookie leads to it is over.
    expect((await me(app, visitor)).status).toBe(200);
    app.later(61);
    expect((await me(app, thief)).status).toBe(401);
    expect(thief.cookies(app.origin).has(SESSION)).toBe(false);
    app.later(LIFE_SECONDS);
    expect((await me(app, visitor)).status).toBe(401);
  });

  it('reaches the browser beside the cookies of whoever answers', async () => {
    const app = await people({
      answer: (_req, res) => void res.writeHead(200, { 'Set-Cookie': ['a=1', 'b=2'] }).end('{}'),
    });
    const visitor = await loggedIn(app);
    const before = visitor.cookies(app.origin).get(SESSION);
    app.later(LIFE_SECONDS);
    expect((await me(app, visitor)).status).toBe(200);
    const jar = visitor.cookies(app.origin);
    expect([...jar.keys()].sort()).toEqual([SESSION, 'a', 'b'].sort());
    expect(jar.get(SESSION)).not.toBe(before);
  });

  describe('that the provider cannot do', () => {
    const run = useRun();

    it('keeps nobody waiting whose token serves', async () => {
      const own = await startOidc(run(), provider);
      const app = await served(servePeople({ issuer: own.issuer }));
      await own.register(webClient(app));
      const visitor = await loggedIn(app);
      await own.stop();
      app.later(LIFE_SECONDS - 50);
      const tabs = Array.from({ length: 10 }, () => visitor.clone());
      const answers = await Promise.all(tabs.map((tab) => me(app, tab)));
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      app.later(51);
      expect((await me(app, visitor)).status).toBe(503);
      expect(visitor.cookies(app.origin).has(SESSION)).toBe(true);
      expect(app.events.map(({ type }) => type)).toContain('session_not_renewed');
    });

    afterEach(() => jest.restoreAllMocks());

    it.each([
      ['login_required', 401],
      ['interaction_required', 401],
      ['consent_required', 401],
      ['mfa_required', 401],
      ['access_denied', 401],
      ['invalid_scope', 401],
      ['invalid_request', 401],
      ['invalid_client', 503],
      ['unauthorized_client', 503],
    ])('for one person, because of %s, is nobody else’s affair', async (error, status) => {
      const app = await people();
      const [ada, grace] = [await loggedIn(app), new Visitor()];
      await logIn(app, grace, '/', 'grace');
      app.later(LIFE_SECONDS);

      // oidc-provider gives few of these answers: the test puts the others in their place.
      const real = globalThis.fetch;
      const answering = jest.spyOn(globalThis, 'fetch').mockImplementation((url, init) => {
        const isRefresh =
          new URLSearchParams(init?.body as URLSearchParams).get('grant_type') === 'refresh_token';
        return isRefresh ? Promise.resolve(Response.json({ error }, { status: 400 })) : real(url, init);
      });
      expect((await me(app, ada)).status).toBe(status);
      expect(ada.cookies(app.origin).has(SESSION)).toBe(status === 503);
      answering.mockRestore();

      expect((await me(app, grace)).status).toBe(200);
      expect(app.events.some(({ type }) => type === 'client_refused')).toBe(status === 503);
    });
  });

  describe('on two instances', () => {
    const redis = useRedis();
    const run = useRun();

    it('works with a provider that keeps one refresh token, again and again', async () => {
      const own = await startOidc(run(), { ...provider, rotatesRefreshTokens: false });
      const client = createClient({ url: redis().adminUrl });
      await client.connect();
      try {
        const one = await served(servePeople({ issuer: own.issuer, redis: client }));
        await own.register(webClient(one));
        const two = await served(servePeople({ issuer: own.issuer, redis: client }, one.origin));
        const visitor = await loggedIn(one);
        for (let round = 1; round <= 4; round += 1) {
          for (const app of [one, two]) app.later(LIFE_SECONDS);
          const jar = visitor.cookies(two.origin);
          for (const [name, value] of visitor.cookies(one.origin)) jar.set(name, value);
          const answers = [await me(one, visitor), await me(two, visitor), await me(one, visitor)];
          expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
        }
      } finally {
        client.destroy();
      }
    });

    it('is done by one of them; the other gets its result through Redis, where nobody can read it', async () => {
      const client = createClient({ url: redis().adminUrl });
      await client.connect();
      try {
        const one = await people({ redis: client });
        const two = await served(servePeople({ issuer: oidc().issuer, redis: client }, one.origin));
        const visitor = await loggedIn(one);
        const jar = visitor.cookies(one.origin);
        for (let round = 1; round <= 3; round += 1) {
          for (const app of [one, two]) app.later(LIFE_SECONDS);
          const tabs = Array.from({ length: 20 }, () => {
            const tab = visitor.clone();
            for (const [name, value] of jar) tab.cookies(two.origin).set(name, value);
            return tab;
          });
          const answers = await Promise.all(tabs.map((tab, index) => me(index % 2 ? one : two, tab)));
          expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
          for (const [name, value] of tabs[1]?.cookies(one.origin) ?? []) jar.set(name, value);
        }
        expect([...one.events, ...two.events].map(({ type }) => type)).not.toContain('session_ended');

        const keys = await client.keys('portcullis:*');
        expect(keys.length).toBeGreaterThanOrEqual(3);
        for (const key of keys) {
          expect(key).toMatch(/^portcullis:\{fintech-api:login:[\w-]{32}\}$/);
          expect(await client.hGet(key, 'session')).toMatch(/^eyJhbGciOiJkaXIi[^.]*\.\./);
          expect(await client.ttl(key)).toBeGreaterThan(0);
        }
      } finally {
        client.destroy();
      }
    });

    it('never gives one person the session of another, whoever wrote to Redis', async () => {
      const client = createClient({ url: redis().adminUrl });
      await client.connect();
      try {
        const handover = handoverThrough({
          redis: client,
          sealer: new Sealer(['k'.repeat(32)], 'handover'),
          app: 'api',
          keptMs: 60_000,
          clock: systemClock,
        });
        const sessionOf = (subject: string): Session =>
          newSession({ accessToken: `of ${subject}`, lifeSeconds: 60 }, subject, Date.now());
        const [ada, grace] = [sessionOf('ada'), sessionOf('grace')];
        await handover.renew('of-ada', () => Promise.resolve(ada));
        await expect(handover.renew('of-ada', () => Promise.resolve(grace))).resolves.toEqual(ada);

        const sealed = (await client.hGet('portcullis:{api:login:of-ada}', 'session')) ?? '';
        await client.hSet('portcullis:{api:login:of-grace}', 'session', sealed);
        await expect(handover.renew('of-grace', () => Promise.resolve(grace))).resolves.toEqual(grace);
      } finally {
        client.destroy();
      }
    });

    it('goes on without Redis', async () => {
      const client = createClient({ url: redis().adminUrl });
      client.on('error', () => undefined);
      await client.connect();
      client.destroy();
      const app = await people({ redis: client });
      const visitor = await loggedIn(app);
      app.later(LIFE_SECONDS);
      expect((await me(app, visitor)).status).toBe(200);
    });
  });
});

describe('a session that is revoked', () => {
  const redis = useRedis();
  let client: ReturnType<typeof createClient>;
  let revocations: RevocationList;
  let elsewhere: RevocationList | undefined;
  beforeEach(async () => {
    client = createClient({ url: redis().adminUrl });
    await client.connect();
    await client.flushAll();
    revocations = followRevocations({ policy, redis: client, issuers: [oidc().issuer] });
  });
  afterEach(() => {
    revocations.close();
    elsewhere?.close();
    client.destroy();
  });

  /** A second instance, which follows the same revocations. */
  const another = (app: PeopleApp): Promise<PeopleApp> => {
    elsewhere = followRevocations({ policy, redis: client, issuers: [oidc().issuer] });
    return served(servePeople({ issuer: oidc().issuer, revocations: elsewhere }, app.origin));
  };

  it('is over, its cookie goes, and no renewal brings it back', async () => {
    const app = await people({ revocations });
    const [ada, grace] = [await loggedIn(app), new Visitor()];
    await logIn(app, grace, '/', 'grace');
    const thief = ada.clone();
    await revocations.revoke({ issuer: oidc().issuer, subject: 'ada' });
    expect((await me(app, ada)).status).toBe(401);
    expect(ada.cookies(app.origin).has(SESSION)).toBe(false);
    app.later(LIFE_SECONDS);
    expect((await me(app, thief)).status).toBe(401);
    expect((await me(app, grace)).status).toBe(200);
  });

  it('because its browser logged in again is over on every instance, and the next one is renewed', async () => {
    const app = await people({ revocations });
    const other = await another(app);
    const ada = await loggedIn(app);
    const thief = ada.clone();
    for (const [name, value] of ada.cookies(app.origin)) thief.cookies(other.origin).set(name, value);
    expect((await me(other, thief)).status).toBe(200);
    await logIn(app, ada);
    expect((await me(app, thief)).status).toBe(401);
    await until(async () => (await me(other, thief)).status === 401);
    app.later(LIFE_SECONDS);
    expect((await me(app, ada)).status).toBe(200);
  });

  it('because its person signed out at the provider is over on every instance', async () => {
    const app = await people({ revocations });
    const other = await another(app);
    const [ada, phone] = [await loggedIn(app), await loggedIn(app)];
    for (const [name, value] of ada.cookies(app.origin)) ada.cookies(other.origin).set(name, value);
    expect((await me(other, ada)).status).toBe(200);
    const form = await ada.get(`${oidc().issuer}/session/end`);
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(form.text)?.[1] ?? '';
    await ada.post(`${oidc().issuer}/session/end/confirm`, { xsrf, logout: 'yes' });
    await until(async () => (await me(other, ada)).status === 401);
    expect(ada.cookies(other.origin).has(SESSION)).toBe(false);
    expect((await me(app, phone)).status).toBe(200);
  });
});

describe('logging out', () => {
  const redis = useRedis();

  it('ends the session here and at the provider', async () => {
    const app = await people();
    const other = await served(servePeople({ issuer: oidc().issuer }, app.origin));
    const visitor = await loggedIn(app);
    const thief = visitor.clone();
    for (const [name, value] of visitor.cookies(app.origin)) thief.cookies(other.origin).set(name, value);
    const away = await visitor.post(`${app.origin}/auth/logout`);
    expect(away.status).toBe(303);
    const target = new URL(away.location);
    expect(target.href).toContain(`${oidc().issuer}/session/end`);
    expect(target.searchParams.get('post_logout_redirect_uri')).toBe(`${app.origin}/`);
    expect(target.searchParams.get('id_token_hint')).toMatch(/^eyJ/);
    expect(visitor.cookies(app.origin).size).toBe(0);
    expect((await me(app, visitor)).status).toBe(401);

    // Whoever copied the cookie cannot use it, nor renew it on an instance that does not know of the logout.
    expect((await me(app, thief)).status).toBe(401);
    expect((await me(other, thief)).status).toBe(200);
    other.later(LIFE_SECONDS);
    expect((await me(other, thief)).status).toBe(401);
  });

  it('ends a copy of the cookie at once, where revocations are followed', async () => {
    const client = createClient({ url: redis().adminUrl });
    await client.connect();
    const revocations = followRevocations({ policy, redis: client, issuers: [oidc().issuer] });
    try {
      const app = await people({ revocations });
      const visitor = await loggedIn(app);
      const thief = visitor.clone();
      expect((await me(app, thief)).status).toBe(200);
      await visitor.post(`${app.origin}/auth/logout`);
      expect((await me(app, thief)).status).toBe(401);
    } finally {
      revocations.close();
      client.destroy();
    }
  });

  it.each([
    ['idle for too long', { idle: '30m' }],
    ['too old', { idle: '30m', policy: withSessionsOf(1_800) }],
  ] as const)('ends a session at the provider that is %s here', async (_why, limits) => {
    const app = await people(limits);
    const visitor = await loggedIn(app);
    app.later(31 * 60);
    expect((await me(app, visitor)).status).toBe(401);
    const away = new URL((await visitor.post(`${app.origin}/auth/logout`)).location);
    expect(away.href).toContain(`${oidc().issuer}/session/end`);
    expect(away.searchParams.get('id_token_hint')).toMatch(/^eyJ/);
    expect(visitor.cookies(app.origin).size).toBe(0);
  });

  it('works without a session, and leads to the start', async () => {
    const app = await people();
    expect(await new Visitor().post(`${app.origin}/auth/logout`)).toMatchObject({
      status: 303,
      location: `${app.origin}/`,
    });
  });
});

describe('the provider', () => {
  const run = useRun();
  const answers = (ask: () => Promise<Page>, status: number): Promise<boolean> =>
    until(async () => (await ask()).status === status);

  it('that is stopped is no reason for a 401: 503 once the token is over, and it heals', async () => {
    const own = await startOidc(run(), provider);
    const app = await served(servePeopleOf(own));
    const visitor = await loggedIn(app);
    const leaving = await loggedIn(app);
    await own.stop();

    app.later(0.9 * LIFE_SECONDS);
    expect((await me(app, visitor)).status).toBe(200);
    app.later(0.2 * LIFE_SECONDS);
    const answer = await me(app, visitor);
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(visitor.cookies(app.origin).has(SESSION)).toBe(true);
    // Logging out works all the same, and does not lead to where nobody answers.
    expect(await leaving.post(`${app.origin}/auth/logout`)).toMatchObject({
      status: 303,
      location: `${app.origin}/`,
    });

    await own.restart();
    await answers(() => me(app, visitor), 200);
    await own.stop();
  });

  it('that comes late is waited for: 503 with Retry-After, not ready, then it heals', async () => {
    const port = await choosePort(undefined, 'the test');
    const app = await served(servePeople({ issuer: `http://127.0.0.1:${port}` }));
    const start = (): Promise<Page> => new Visitor().get(`${app.origin}/auth/login`);
    const early = await start();
    expect(early.status).toBe(503);
    expect(Number(early.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(app.login.readiness()).toEqual({ ready: false, waitingFor: [`http://127.0.0.1:${port}`] });
    expect((await me(app, new Visitor())).status).toBe(401);

    const late: OidcServer = await startOidc(run(), { ...provider, port });
    await late.register(webClient(app));
    await answers(start, 303);
    expect(app.login.readiness().ready).toBe(true);
    const visitor = await loggedIn(app);
    // requireAuth() looks for the keys by itself, and may have to wait for its next try.
    await answers(() => me(app, visitor), 200);
    await late.stop();
  });

  it('that changes its keys under load causes no false 401', async () => {
    const app = await people();
    const visitors = await Promise.all([loggedIn(app), loggedIn(app)]);
    const statuses = new Map<number, number>();
    let going = true;
    const load = visitors.flatMap((visitor) =>
      Array.from({ length: 8 }, async () => {
        while (going) {
          const { status } = await me(app, visitor);
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
        }
      }),
    );
    for (let rotation = 1; rotation <= 4; rotation += 1) {
      await oidc().rotateKey();
      const before = visitors.map((visitor) => visitor.cookies(app.origin).get(SESSION));
      app.later(LIFE_SECONDS);
      // Each visitor has a token that was signed with the new key before the next one comes.
      await until(() =>
        visitors.every((visitor, index) => visitor.cookies(app.origin).get(SESSION) !== before[index]),
      );
    }
    going = false;
    await Promise.all(load);
    expect([...statuses.keys()]).toEqual([200]);
    expect(statuses.get(200)).toBeGreaterThan(100);
  });
});

describe('client credentials', () => {
  const source = (clientSecret: string): TokenSource =>
    clientCredentials({
      issuer: oidc().issuer,
      clientId: 'svc',
      clientSecret,
      resource: policy.audience,
      scopes: ['read:transactions'],
    });

  it('bring a token that the API lets in, and keep it', async () => {
    const app = await people();
    const tokens = source('s'.repeat(40));
    const token = await tokens.token();
    const answer = await new Visitor().get(`${app.origin}/api/me`, { authorization: `Bearer ${token}` });
    expect(answer).toMatchObject({ status: 200, text: '{"subject":"svc"}' });
    await expect(tokens.token()).resolves.toBe(token);
    tokens.close();
  });

  it('that are wrong are told as such, without the secret', async () => {
    const tokens = source('a wrong secret');
    const error: unknown = await tokens.token().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'ERR_PROVIDER_REFUSED', reason: 'invalid_client' });
    expect(inspect(error, { depth: null, showHidden: true })).not.toMatch(
      /a wrong secret|a%20wrong|a\+wrong/,
    );
    tokens.close();
  });
});
