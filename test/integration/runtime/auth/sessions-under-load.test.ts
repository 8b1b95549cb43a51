/** Two instances under load over one Redis, while their provider is slow, stopped and back: whoever is logged in stays so. */
import { createClient } from 'redis';
import { scopes } from '../../../../cli/src/local/clients';
import { startOidc } from '../../../../cli/src/local/servers/oidc';
import { policy } from '../../../../policy';
import { useRedis, useRun } from '../../../support/engines';
import { until } from '../../../support/until';
import { servePeople, servePeopleOf } from './people-app';
import { Visitor } from './visitor';

const LIFE_SECONDS = 900;
const TABS = 8;

const redis = useRedis();
const run = useRun();

it.each([
  ['rotates refresh tokens', true],
  ['keeps one refresh token', false],
])('a provider that %s', async (_does, rotatesRefreshTokens) => {
  const provider = await startOidc(run(), {
    audience: policy.audience,
    scopes,
    accessTokenSeconds: LIFE_SECONDS,
    rotatesRefreshTokens,
    clients: [],
    people: [{ subject: 'ada', name: 'Ada', organisation: 'org-1', tier: 'free' }],
  });
  const client = createClient({ url: redis().adminUrl });
  await client.connect();
  await client.flushAll();
  const one = await servePeopleOf(provider, { redis: client });
  const two = await servePeople({ issuer: provider.issuer, redis: client }, one.origin);
  const visitor = new Visitor();
  const start = await visitor.get(`${one.origin}/auth/login`);
  await visitor.get(await visitor.signIn(start.location, 'ada'));
  const jar = visitor.cookies(one.origin);
  const sealed = (): string => [...jar.values()].join();

  /** Answers by their status, since it was last emptied. */
  const statuses = new Map<number, number>();
  let going = true;
  const load = [one, two].flatMap(({ origin }) =>
    Array.from({ length: TABS }, async () => {
      while (going) {
        const tab = visitor.clone();
        for (const [name, value] of jar) tab.cookies(origin).set(name, value);
        const before = sealed();
        const { status } = await tab.get(`${origin}/api/me`);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        // One browser: what one tab was given, all have, unless another was given something newer meanwhile.
        if (before === sealed()) for (const [name, value] of tab.cookies(origin)) jar.set(name, value);
      }
    }),
  );
  const served = (count: number): Promise<unknown> => {
    statuses.clear();
    return until(() => (statuses.get(200) ?? 0) >= count);
  };
  const later = (seconds: number): void => [one, two].forEach((app) => app.later(seconds));
  try {
    await served(50);
    // Slow: it has the request, and answers nothing for a while. Tokens still serve.
    const first = sealed();
    await provider.kill('SIGSTOP');
    later(0.85 * LIFE_SECONDS);
    await served(100);
    expect([...statuses.keys()]).toEqual([200]);
    await provider.kill('SIGCONT');
    await until(() => sealed() !== first);
    expect([...statuses.keys()]).toEqual([200]);

    const second = sealed();
    await provider.stop();
    later(0.85 * LIFE_SECONDS);
    await served(100);
    expect([...statuses.keys()]).toEqual([200]);
    later(0.2 * LIFE_SECONDS);
    await until(() => (statuses.get(503) ?? 0) > 0);
    expect([...statuses.keys()].sort()).toEqual([200, 503]);
    await provider.restart();
    await until(() => sealed() !== second);
    await served(50);
    expect(statuses.has(401)).toBe(false);
    expect([...one.events, ...two.events].map(({ type }) => type)).not.toContain('session_ended');
  } finally {
    going = false;
    await Promise.all(load);
    await Promise.all([one.stop(), two.stop()]);
    client.destroy();
  }
});
