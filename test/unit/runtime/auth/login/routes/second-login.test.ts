/** Somebody logs in over a session that has not ended: it ends, and nothing of it comes back. */
import { policy } from '../../../../../../policy';
import { ProviderRefusedError } from '../../../../../../runtime/src/auth/provider/errors';
import type { Tokens } from '../../../../../../runtime/src/auth/provider/provider';
import { Follower } from '../../../../../../runtime/src/auth/revocation/follow-revocations';
import { resolveRevocation } from '../../../../../../runtime/src/auth/revocation/options';
import { manualClock, type ManualClock } from '../../../../../support/clock';
import {
  cookieAfter,
  isCleared,
  LIFE_SECONDS,
  servePeople,
  SESSION,
  tokensOf,
  type People,
  type PersonAnswer,
} from '../../../../../support/auth/people';
import { until } from '../../../../../support/until';

const PAGE = '/api/me';
const issued = (subject: string): Tokens => tokensOf({ iss: policy.issuer, sub: subject }, { subject });

let clock: ManualClock;
let follower: Follower;
let apps: People[];
/** What the provider answers to a renewal, and what the app waits for. */
let refresh: () => Promise<Tokens>;
let handling: () => Promise<unknown>;

beforeEach(() => {
  clock = manualClock();
  apps = [];
  refresh = () => Promise.resolve(issued('ada'));
  handling = () => Promise.resolve();
  const redis = { isReady: true, sendCommand: () => Promise.resolve([]) };
  follower = new Follower(resolveRevocation({ policy, redis }), clock);
});
afterEach(async () => {
  follower.close();
  await Promise.all(apps.map((app) => app.stop()));
});

async function instance(follows: boolean): Promise<People> {
  const app = await servePeople({
    clock,
    handling: () => handling(),
    ...(follows && { revocations: follower }),
    provider: {
      begin: () =>
        Promise.resolve({
          url: 'https://idp.example.com/',
          checks: { state: 's', nonce: 'n', verifier: 'v' },
        }),
      redeem: () => Promise.resolve(issued('grace')),
      refresh: () => refresh(),
    },
  });
  apps.push(app);
  return app;
}

/** Grace logs in, in the browser that holds the cookie. */
async function graceLogsIn(app: People, cookie: string): Promise<PersonAnswer> {
  const begun = cookieAfter(cookie, await app.get('/auth/login', cookie));
  return app.get('/auth/callback?state=s&code=c', begun);
}

/** The provider renews ada's session once `go()` was called. */
function renewsLate() {
  let go = (): void => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));
  let asked = false;
  refresh = () => {
    asked = true;
    return gate.then(() => issued('ada'));
  };
  return { gate, go, asked: () => asked };
}

describe.each([
  ['without revocations', false],
  ['where revocations are followed', true],
])('%s', (_where, follows) => {
  it.each([
    ['that waits for its renewal', 1],
    ['that goes on while it is renewed', 0.9],
  ])('a request %s does not bring the first cookie back', async (_what, age) => {
    const app = await instance(follows);
    const ada = await app.cookieOf(issued('ada'));
    clock.freeze(LIFE_SECONDS * 1_000 * age);
    const renewal = renewsLate();
    // The handler takes longer than the renewed session takes to be sealed.
    const sealed = (): Promise<string> => app.cookieOf(issued('ada'));
    handling = () => renewal.gate.then(sealed).then(sealed).then(sealed);
    const late = app.get(PAGE, ada);
    await until(renewal.asked);
    const loggedIn = await graceLogsIn(app, ada);
    expect([loggedIn.status, loggedIn.cookies.has(SESSION)]).toEqual([303, true]);
    renewal.go();
    expect([...(await late).cookies.keys()]).toEqual([]);
  });

  it('nor does one bring back the cookie of who logs out meanwhile', async () => {
    const app = await instance(follows);
    const ada = await app.cookieOf(issued('ada'));
    clock.freeze(LIFE_SECONDS * 1_000);
    const renewal = renewsLate();
    const late = app.get(PAGE, ada);
    await until(renewal.asked);
    const loggedOut = app.send('POST', '/auth/logout', ada);
    await until(() => app.arrived() === 2);
    renewal.go();
    expect(isCleared(await loggedOut)).toBe(true);
    expect([...(await late).cookies.keys()]).toEqual([]);
  });

  it('a renewal that the provider refuses late does not take the second cookie away', async () => {
    const app = await instance(follows);
    const ada = await app.cookieOf(issued('ada'));
    clock.freeze(LIFE_SECONDS * 1_000);
    let refuse = (): void => undefined;
    refresh = () =>
      new Promise((_resolve, reject) => {
        refuse = () => reject(new ProviderRefusedError(policy.issuer, 'invalid_grant'));
      });
    const unasked = refuse;
    const late = app.get(PAGE, ada);
    await until(() => refuse !== unasked);
    await graceLogsIn(app, ada);
    refuse();
    const { status, cookies } = await late;
    expect([status, [...cookies.keys()]]).toEqual([401, []]);
  });

  it('a copy of the first cookie is of no more use, and the second one serves', async () => {
    const app = await instance(follows);
    const ada = await app.cookieOf(issued('ada'));
    const grace = cookieAfter(ada, await graceLogsIn(app, ada));
    const copy = await app.get(PAGE, ada);
    expect([copy.status, [...copy.cookies.keys()]]).toEqual([401, []]);
    expect((await app.get(PAGE, grace)).token).toMatchObject({ sub: 'grace' });
    expect(app.events).toContainEqual({ type: 'session_ended', subject: 'ada', cause: 'another_login' });
  });
});

it('another instance that follows the same revocations refuses the first cookie as well', async () => {
  const [one, two] = [await instance(true), await instance(true)];
  const ada = await one.cookieOf(issued('ada'));
  const grace = cookieAfter(ada, await graceLogsIn(one, ada));
  expect((await two.get(PAGE, ada)).status).toBe(401);
  expect((await two.get(PAGE, grace)).status).toBe(200);
});

it('a login that fails ends no session', async () => {
  const app = await instance(true);
  const ada = await app.cookieOf(issued('ada'));
  expect((await app.get('/auth/callback?state=none&code=c', ada)).status).toBe(400);
  expect((await app.get(PAGE, ada)).status).toBe(200);
});
