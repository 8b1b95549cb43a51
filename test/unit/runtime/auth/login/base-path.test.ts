/** An app below a path of its host, whether the proxy before it takes that path away or not. */
import { manualClock } from '../../../../support/clock';
import { servePeople, tokensOf, type People } from '../../../../support/auth/people';

const SHOP = 'http://127.0.0.1/shop/auth/callback';
const URL_OF_PROVIDER = 'https://idp.example.com/authorize';

let app: People;
let asked: Readonly<Record<string, string>>[];
let loggedOut: Readonly<Record<string, string>> | undefined;
afterEach(() => app.stop());

async function serve(redirectUri: string): Promise<void> {
  asked = [];
  app = await servePeople({
    clock: manualClock(),
    redirectUri,
    provider: {
      begin: (parameters) => {
        asked.push(parameters);
        const checks = { state: 's', nonce: 'n', verifier: 'v' };
        return Promise.resolve({ url: URL_OF_PROVIDER, checks });
      },
      redeem: () => Promise.resolve(tokensOf({ sub: 'ada' }, { subject: 'ada' })),
      endSessionUrl: (parameters) => {
        loggedOut = parameters;
        return undefined;
      },
    },
  });
}

async function get(
  path: string,
  cookie = '',
): Promise<{ status: number; location: string | null; cookie: string }> {
  const { status, headers } = await fetch(app.origin + path, { redirect: 'manual', headers: { cookie } });
  const cookies = headers.getSetCookie().map((line) => line.slice(0, line.indexOf(';')));
  return { status, location: headers.get('location'), cookie: cookies.join('; ') };
}

it.each(['/shop/auth', '/auth'])('logs in at %s, and leads back to the start of the app', async (below) => {
  await serve(SHOP);
  const begun = await get(`${below}/login`);
  expect(begun).toMatchObject({ status: 303, location: URL_OF_PROVIDER });
  expect(asked).toMatchObject([{ redirect_uri: SHOP }]);
  const arrived = await get(`${below}/callback?state=s&code=c`, begun.cookie);
  expect(arrived).toMatchObject({ status: 303, location: '/shop/' });
});

it.each(['/shop/auth/login', '/auth/login', '/SHOP/Auth/x'])(
  'never leads back to %s: a loop',
  async (returnTo) => {
    await serve(SHOP);
    const begun = await get(`/shop/auth/login?returnTo=${encodeURIComponent(returnTo)}`);
    const arrived = await get('/shop/auth/callback?state=s&code=c', begun.cookie);
    expect(arrived.location).toBe('/shop/');
  },
);

it.each([true, false])(
  'leads back to the start of the app from a logout; logged in: %s',
  async (loggedIn) => {
    await serve(SHOP);
    const cookie = loggedIn ? await app.cookieOf(tokensOf({ sub: 'ada' })) : '';
    const headers = { cookie, 'sec-fetch-site': 'same-origin' };
    const answer = await fetch(`${app.origin}/shop/auth/logout`, {
      method: 'POST',
      headers,
      redirect: 'manual',
    });
    expect(answer.headers.get('location')).toBe('/shop/');
    if (loggedIn) expect(loggedOut).toEqual({ post_logout_redirect_uri: 'http://127.0.0.1/shop/' });
  },
);

it('is the login of nothing beside it', async () => {
  await serve(SHOP);
  await expect(get('/shopping/auth/login')).resolves.toMatchObject({ status: 401 });
});
