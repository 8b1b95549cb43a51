/** Sessions that do not fit into cookies: providers put groups into tokens, and some people have many. */
import { createClient, type RedisClientType } from 'redis';
import { scopes } from '../../../../cli/src/local/clients';
import { policy } from '../../../../policy';
import { Sealer } from '../../../../runtime/src/auth/login/seal';
import { KeptSessions } from '../../../../runtime/src/auth/login/session/kept-sessions';
import { newSession } from '../../../../runtime/src/auth/login/session/session';
import type { Tokens } from '../../../../runtime/src/auth/provider/provider';
import { manualClock, type ManualClock } from '../../../support/clock';
import {
  cookieAfter,
  LIFE_SECONDS,
  servePeople as serveWithAnswers,
  SESSION,
  tokensOf,
  type People,
  type PeopleOptions,
} from '../../../support/auth/people';
import { useOidc, useRedis } from '../../../support/engines';
import { servePeople, servePeopleOf, type PeopleApp } from './people-app';
import { Visitor } from './visitor';

const groups = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `c0ffee00-0000-4000-8000-${index + 1e11}`);

const redis = useRedis();
let client: RedisClientType;
beforeEach(async () => {
  client = createClient({ url: redis().adminUrl });
  client.on('error', () => undefined);
  await client.connect();
  await client.flushAll();
});
afterEach(() => {
  client.destroy();
});

describe('a person in 180 groups', () => {
  const oidc = useOidc({
    audience: policy.audience,
    scopes,
    accessTokenSeconds: LIFE_SECONDS,
    clients: [],
    people: [
      { subject: 'ada', name: 'Ada', organisation: 'org-1', tier: 'free', groups: groups(180) },
      { subject: 'bea', name: 'Bea', organisation: 'org-1', tier: 'free' },
    ],
  });

  let apps: PeopleApp[];
  beforeEach(() => void (apps = []));
  // Also where a test fails: an app that stays keeps jest from ending.
  afterEach(() => Promise.all(apps.map((app) => app.stop())));
  const served = async (making: Promise<PeopleApp>): Promise<PeopleApp> => {
    const app = await making;
    apps.push(app);
    return app;
  };

  it('is logged in on every instance, renewed and logged out: the session is kept in Redis, sealed', async () => {
    const one = await served(servePeopleOf(oidc(), { redis: client }));
    const two = await served(servePeople({ issuer: oidc().issuer, redis: client }, one.origin));
    const visitor = new Visitor();
    const start = await visitor.get(`${one.origin}/auth/login`);
    const arrived = await visitor.get(await visitor.signIn(start.location, 'ada'));
    expect(arrived.status).toBe(303);
    // The cookie only names the session, so that it may stay while that is renewed: for the oldest session and an hour.
    const { sessionSeconds } = policy.lifetimes;
    expect(arrived.cookies.find((line) => line.includes('-session='))).toContain(
      `; Max-Age=${sessionSeconds + 3_600};`,
    );
    const me = async (): Promise<number[]> => {
      const jar = visitor.cookies(two.origin);
      for (const [name, value] of visitor.cookies(one.origin)) jar.set(name, value);
      const answers = [await visitor.get(`${one.origin}/api/me`), await visitor.get(`${two.origin}/api/me`)];
      return answers.map(({ status }) => status);
    };
    expect(await me()).toEqual([200, 200]);
    for (const app of [one, two]) app.later(LIFE_SECONDS);
    expect(await me()).toEqual([200, 200]);
    expect([...one.events, ...two.events].map(({ type }) => type)).not.toContain('session_ended');
    expect([...visitor.cookies(one.origin).values()].join('').length).toBeLessThan(400);

    const [key = '', ...others] = await client.keys('portcullis:*:session:*');
    expect(others).toEqual([]);
    expect(await client.hGet(key, 'session')).toMatch(/^eyJhbGciOiJkaXIi[^.]*\.\./);
    const copy = visitor.clone();
    await visitor.post(`${one.origin}/auth/logout`);
    expect(await client.hGet(key, 'session')).toBe('');
    expect(await client.ttl(key)).toBeLessThanOrEqual(60);
    expect((await copy.get(`${two.origin}/api/me`)).status).toBe(401);
  });

  it('is told so by a page where there is no Redis, and an event says why; others log in', async () => {
    const app = await served(servePeopleOf(oidc()));
    const logIn = async (person: string) => {
      const visitor = new Visitor();
      const start = await visitor.get(`${app.origin}/auth/login`);
      return visitor.get(await visitor.signIn(start.location, person), { accept: 'text/html' });
    };
    const page = await logIn('ada');
    expect(page.status).toBe(403);
    expect(page.text).toContain('too many groups');
    expect(page.cookies.filter((line) => line.startsWith(SESSION))).toEqual([]);
    expect(app.events).toContainEqual({
      type: 'login_failed',
      reason: 'too_large',
      cause: expect.stringMatching(
        /^a session of \d+ characters, sealed, and cookies hold 11400: give login\(\) a redis/,
      ) as string,
    });
    expect((await logIn('bea')).status).toBe(303);
  });
});

describe('tokens that grow at a renewal', () => {
  let clock: ManualClock;
  let people: People;
  afterEach(() => people.stop());

  const small = (): Tokens => tokensOf({ sub: 'ada', jti: 'small' });
  const large = (): Tokens => tokensOf({ sub: 'ada', jti: 'large', groups: groups(180) });
  async function arrange(options: Partial<PeopleOptions>): Promise<void> {
    clock = manualClock();
    people = await serveWithAnswers({
      clock,
      provider: { refresh: () => Promise.resolve(large()) },
      ...options,
    });
  }

  it('are kept in Redis from then on', async () => {
    await arrange({ redis: client });
    const cookie = await people.cookieOf(small());
    clock.freeze(LIFE_SECONDS * 1_000);
    const answer = await people.get('/api/me', cookie);
    expect([answer.status, answer.token?.jti]).toEqual([200, 'large']);
    const after = cookieAfter(cookie, answer);
    expect(after.length).toBeLessThan(400);
    for (const brought of [after, cookie]) {
      expect((await people.get('/api/me', brought)).token?.jti).toBe('large');
    }
    expect(await client.keys('portcullis:*:session:*')).toHaveLength(1);
  });

  it('end the session where there is no Redis, and an event says why', async () => {
    await arrange({});
    const cookie = await people.cookieOf(small());
    clock.freeze(LIFE_SECONDS * 1_000);
    const answer = await people.get('/api/me', cookie);
    expect([answer.status, answer.cookies.get(SESSION)]).toEqual([401, expect.stringContaining('Max-Age=0')]);
    expect(people.events).toContainEqual({
      ...{ type: 'session_ended', subject: 'ada' },
      cause: expect.stringContaining('give login() a redis') as string,
    });
  });

  it('answer 503 while that Redis is away, with the cookie kept, and one event', async () => {
    await arrange({ redis: client });
    const cookie = await people.cookieOf(small());
    clock.freeze(LIFE_SECONDS * 1_000);
    const after = cookieAfter(cookie, await people.get('/api/me', cookie));
    client.destroy();
    for (let count = 0; count < 3; count += 1) {
      const answer = await people.get('/api/me', after);
      expect([answer.status, answer.cookies.size]).toEqual([503, 0]);
    }
    expect(people.events.filter(({ type }) => type === 'sessions_unavailable')).toHaveLength(1);
    expect((await people.send('POST', '/auth/logout', after)).status).toBe(303);
  });
});

describe('what is kept', () => {
  const KEY = 'k'.repeat(32);
  const clock = manualClock();
  const sealer = new Sealer([KEY], 'sessions');
  const session = newSession(tokensOf({ sub: 'ada' }), 'ada', clock.wall());
  const keep = async (kept: KeptSessions, renewals: number, as = session.id): Promise<void> => {
    const sealed = await sealer.seal({ ...session, renewals });
    await kept.write({ ...session, id: as, renewals }, sealed, 60_000);
  };
  const keptSessions = (): KeptSessions =>
    new KeptSessions({ redis: client, sealer, app: 'api', clock, onEvent: () => undefined });

  it('is what was renewed last, whichever instance is late', async () => {
    const kept = keptSessions();
    await keep(kept, 2);
    await keep(kept, 1);
    await expect(kept.read(session.id)).resolves.toMatchObject({ renewals: 2 });
  });

  it('does not come back by a renewal that another instance had under way at logout', async () => {
    const kept = keptSessions();
    await keep(kept, 1);
    await kept.delete(session.id);
    await keep(kept, 2);
    await expect(kept.read(session.id)).resolves.toBeUndefined();
  });

  it('is nobody else’s, whoever wrote to Redis', async () => {
    const kept = keptSessions();
    await keep(kept, 1, 'the name of another session');
    await expect(kept.read('the name of another session')).resolves.toBeUndefined();
  });
});
