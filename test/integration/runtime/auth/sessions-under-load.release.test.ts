/** Two instances under load over one Redis, while their provider is slow, stopped, refuses them, and refuses one person. */
import { createClient } from 'redis';
import { scopes } from '../../../../cli/src/local/clients';
import { startOidc, type OidcServer } from '../../../../cli/src/local/servers/oidc';
import { policy } from '../../../../policy';
import { describeInChromium, useChromium } from '../../../support/chromium';
import { useRedis, useRun } from '../../../support/engines';
import { until } from '../../../support/until';
import { browseBy, browseByVisitor, type Browse, type Browsing } from './browsing';
import { servePeople, servePeopleOf, webClient, type PeopleApp } from './people-app';

const LIFE_SECONDS = 900;
const NAMES = { ada: 'Ada Lovelace', grace: 'Grace Hopper' };

const redis = useRedis();
const run = useRun();

const startProvider = (rotatesRefreshTokens: boolean): Promise<OidcServer> =>
  startOidc(run(), {
    audience: policy.audience,
    scopes,
    accessTokenSeconds: LIFE_SECONDS,
    rotatesRefreshTokens,
    clients: [],
    people: Object.entries(NAMES).map(([subject, name]) => ({
      ...{ subject, name },
      ...{ organisation: 'org-1', tier: 'free' },
    })),
  });

interface World {
  readonly provider: OidcServer;
  readonly one: PeopleApp;
  readonly two: PeopleApp;
  readonly people: Readonly<Record<keyof typeof NAMES, Browsing>>;
}

async function inWorld(
  browse: Browse,
  rotates: boolean,
  proof: (world: World) => Promise<void>,
): Promise<void> {
  const provider = await startProvider(rotates);
  const client = createClient({ url: redis().adminUrl });
  await client.connect();
  await client.flushAll();
  const one = await servePeopleOf(provider, { redis: client });
  const two = await servePeople({ issuer: provider.issuer, redis: client }, one.origin);
  const origins = [one.origin, two.origin];
  const people = { ada: await browse('ada', origins), grace: await browse('grace', origins) };
  try {
    await proof({ provider, one, two, people });
  } finally {
    await Promise.all(Object.values(people).map((person) => person.stop()));
    await Promise.all([one.stop(), two.stop()]);
    client.destroy();
    await provider.stop();
  }
}

async function whoeverIsLoggedInStaysSo({ provider, one, two, people }: World): Promise<void> {
  const { ada, grace } = people;
  const everybody = [ada, grace];
  const each = (ask: (person: Browsing) => Promise<unknown>): Promise<unknown> =>
    Promise.all(everybody.map(ask));
  const later = (seconds: number): void => [one, two].forEach((app) => app.later(seconds));
  const statusesOf = ({ statuses }: Browsing): number[] => [...statuses.keys()].sort();
  const answeredBy = ({ statuses }: Browsing, status: number, count: number): Promise<unknown> =>
    until(() => (statuses.get(status) ?? 0) >= count);
  /** All that is answered from now on, until there is enough of it. */
  const served = async (): Promise<void> => {
    everybody.forEach((person) => person.forget());
    await each((person) => answeredBy(person, 200, 50));
  };
  const onlyServed = (): void => expect(everybody.map(statusesOf)).toEqual([[200], [200]]);
  const renewed = async (meanwhile: () => Promise<unknown>): Promise<void> => {
    const before = await Promise.all(everybody.map((person) => person.session()));
    await meanwhile();
    for (const [index, person] of everybody.entries())
      await until(async () => ![before[index], ''].includes(await person.session()));
  };
  /** Tokens are due while the provider does not renew them, then expired, then renewed. */
  const unavailableUntil = async (mended: () => Promise<unknown>): Promise<void> => {
    later(0.85 * LIFE_SECONDS);
    await served();
    onlyServed();
    later(0.2 * LIFE_SECONDS);
    await each((person) => answeredBy(person, 503, 1));
    expect(everybody.map(statusesOf)).toEqual([
      [200, 503],
      [200, 503],
    ]);
    await renewed(mended);
    // The first answers may have been on their way.
    await served();
    await served();
    onlyServed();
  };

  await served();
  // Slow: it has the requests, and answers nothing for a while. Tokens still serve.
  await renewed(async () => {
    await provider.kill('SIGSTOP');
    later(0.85 * LIFE_SECONDS);
    await served();
    onlyServed();
    await provider.kill('SIGCONT');
  });
  onlyServed();

  await provider.stop();
  await unavailableUntil(() => provider.restart());

  // Refusing everybody: it no longer believes the app.
  const client = webClient(one);
  await provider.register({ ...client, clientSecret: 'another' });
  await unavailableUntil(() => provider.register(client));
  const told = [...one.events, ...two.events].map(({ type }) => type);
  expect(told).toContain('client_refused');
  expect(told).not.toContain('session_ended');

  // Refusing one person, who signed out there.
  await ada.signOut(provider.issuer);
  await served();
  later(0.85 * LIFE_SECONDS);
  await answeredBy(ada, 401, 1);
  await until(async () => (await ada.session()) === '');
  const refused = (): Promise<unknown> => {
    ada.forget();
    return answeredBy(ada, 401, 50);
  };
  // The first answers may have been on their way.
  await refused();
  await refused();
  expect([statusesOf(ada), await ada.session()]).toEqual([[401], '']);
  expect(statusesOf(grace)).toEqual([200]);
}

const WAYS = [
  ['rotates refresh tokens', true],
  ['keeps one refresh token', false],
] as const;

describe('by requests', () => {
  it.each(WAYS)('a provider that %s ends no session but of whom it refuses', (_does, rotates) =>
    inWorld(browseByVisitor, rotates, whoeverIsLoggedInStaysSo),
  );
});

describeInChromium('in a browser', () => {
  const chromium = useChromium();

  it.each(WAYS)('a provider that %s ends no session but of whom it refuses', (_does, rotates) =>
    inWorld(browseBy(chromium, NAMES), rotates, whoeverIsLoggedInStaysSo),
  );
});
