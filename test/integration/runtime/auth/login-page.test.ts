import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import axe from 'axe-core';
import { Pool } from 'pg';
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { createClient, type RedisClientType } from 'redis';
import { createApp } from '../../../../example/app';
import { createLogger } from '../../../../example/log';
import {
  followRevocations,
  login,
  requireAuth,
  type AuthMiddleware,
  type LoginMiddleware,
  type RevocationList,
  rateLimit,
} from '../../../../runtime/src';
import { demoPeople, scopes } from '../../../../cli/src/local/clients';
import { until } from '../../../support/until';
import { randomPassword } from '../../../../cli/src/engines/random';
import { requestToken } from '../../../../cli/src/local/servers/oidc';
import { policy } from '../../../../policy';
import { describeInChromium, useChromium } from '../../../support/chromium';
import { deployed } from '../../../support/deployed';
import { useOidc, useRedis } from '../../../support/engines';
import { webClient, WEB_CLIENT } from './people-app';
import { PATIENTLY } from '../../../support/patiently';

// Bounds of real time on a machine that others use too: what is tried again says why it failed.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

/** Shorter than a test, so that tokens are renewed under the page. */
const TOKEN_SECONDS = 4;
const SESSION = `__Host-${policy.name}-session`;
const colleague = { clientId: 'free-one', clientSecret: randomPassword() };

describeInChromium('the page, in a browser', () => {
  const chromium = useChromium();
  const redis = useRedis();
  const oidc = useOidc({
    audience: policy.audience,
    scopes,
    accessTokenSeconds: TOKEN_SECONDS,
    clients: [{ ...colleague, organisation: 'org-free-one', tier: 'free', scopes }],
    people: demoPeople,
  });

  let origin: string;
  let server: Server;
  let database: Pool;
  let client: RedisClientType;
  let middlewares: { people: LoginMiddleware; auth: AuthMiddleware; revocations: RevocationList };
  /** What the app logged. */
  const log: string[] = [];

  beforeAll(async () => {
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://localhost:${(server.address() as AddressInfo).port}`;
    await oidc().register(webClient({ origin }));

    const { issuer } = oidc();
    const logger = createLogger('info', { write: (line) => void log.push(line) });
    database = new Pool({ connectionString: deployed().postgres.databaseUrl });
    client = createClient({ url: redis().adminUrl });
    client.on('error', () => undefined);
    await client.connect();
    const revocations = followRevocations({ policy, redis: client, issuers: [issuer] });
    const people = login({
      policy,
      issuer,
      ...WEB_CLIENT,
      redirectUri: `${origin}/auth/callback`,
      encryptionKeys: [randomPassword()],
      redis: client,
      revocations,
      onEvent: (event) => logger.info(event, event.type),
    });
    const auth = requireAuth({ policy, issuer, revocations });
    middlewares = { people, auth, revocations };
    server.on(
      'request',
      createApp({
        ...{ logger, database, auth, login: people, revocations, provider: issuer },
        limiter: rateLimit({ ...PATIENTLY, policy, redis: client }),
        signingKeys: () => [randomPassword()],
        checks: {},
      }),
    );
  });
  afterAll(async () => {
    const { people, auth, revocations } = middlewares;
    for (const part of [people, auth, revocations]) part.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await database.end();
    client.destroy();
  });
  // Each test has the whole limit.
  beforeEach(() => client.flushAll());

  /** What the browser complained about: blocked content, errors in scripts. */
  let complaints: string[];
  let context: BrowserContext;
  afterEach(() => context.close());

  async function open(
    options: BrowserContextOptions = {},
    prepare: (page: Page) => Promise<void> = () => Promise.resolve(),
  ): Promise<Page> {
    context = await chromium().newContext(options);
    context.setDefaultTimeout(15_000);
    complaints = [];
    const page = await context.newPage();
    // Its time goes as ever; tests may make it go faster.
    await page.clock.install();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      const expected = /Failed to load resource.*(401|503)/.test(message.text());
      if (message.type() === 'error' && !expected) complaints.push(message.text());
    });
    await prepare(page);
    await page.goto(origin);
    return page;
  }

  async function openLoggedIn(options?: BrowserContextOptions): Promise<Page> {
    const page = await open(options);
    await page.getByRole('link', { name: 'Log in' }).click();
    await page.getByRole('button', { name: 'Ada Lovelace' }).click();
    await page.getByRole('heading', { name: 'Ada Lovelace' }).waitFor();
    return page;
  }

  const left = async (page: Page): Promise<string | null> => page.getByRole('meter').getAttribute('value');
  /** Asks again each time the page has looked at the API once more. */
  const eventually = (page: Page, expectation: () => Promise<void>): Promise<void> =>
    until(
      async () => {
        await page.clock.runFor(5_000);
        await expectation();
      },
      { everyMs: 200 },
    );
  const meterShows = (page: Page, value: number): Promise<void> =>
    eventually(page, async () => expect(Number(await left(page))).toBe(value));
  const notice = (page: Page): Promise<string> => page.getByRole('status').innerText();
  const session = async (): Promise<string | undefined> =>
    (await context.cookies(origin)).find(({ name }) => name === SESSION)?.value;

  it('is walked through with the keyboard alone, from logging in to logging out', async () => {
    const page = await open();
    /** Presses Tab until the focus is there, as people do. */
    const tabTo = async (name: RegExp): Promise<void> => {
      for (let presses = 0; presses < 12; presses += 1) {
        await page.keyboard.press('Tab');
        const focused = await page.evaluate('document.activeElement.innerText ?? ""');
        if (name.test(String(focused))) return;
      }
      throw new Error(`the focus never comes to ${name.source}`);
    };

    await page.getByRole('link', { name: 'Log in' }).waitFor();
    await tabTo(/^Skip to content$/);
    await tabTo(/^Log in$/);
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await tabTo(/^Ada Lovelace/);
    await page.keyboard.press('Enter');

    await page.getByRole('heading', { name: 'Ada Lovelace' }).waitFor();
    await meterShows(page, 100);
    await tabTo(/^Load$/);
    await page.keyboard.press('Enter');
    await page.getByRole('row').nth(5).waitFor();
    await meterShows(page, 99);

    await page.keyboard.press('Shift+Tab');
    expect(await page.evaluate('document.activeElement.innerText')).toBe('Log out');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Log in' }).waitFor();
    expect(page.url()).toBe(`${origin}/`);
    expect(complaints).toEqual([]);
  });

  it('shows who is logged in, and the limit as others of the organisation use it', async () => {
    const page = await openLoggedIn();
    await meterShows(page, 100);
    expect(await page.getByRole('main').innerText()).toMatch(/org-free-one[^]*free[^]*read:transactions/);
    const token = await requestToken(`${oidc().issuer}/token`, colleague, policy.audience, scopes);
    const spent = await fetch(`${origin}/api/transactions/export`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
    expect(spent.status).toBe(201);
    await meterShows(page, 90);
    await page.getByText('90 of 100 left').waitFor();
  });

  it('gives scripts no token, runs no script that is not its own, and is shown in no frame', async () => {
    const page = await openLoggedIn();
    expect(
      await page.evaluate('document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage })'),
    ).toBe('{}');
    expect(await context.cookies(origin)).toMatchObject([
      { name: SESSION, httpOnly: true, secure: true, sameSite: 'Lax', path: '/', domain: 'localhost' },
    ]);
    const headers = (await page.request.get(origin)).headers();
    expect(headers['content-security-policy']).toBe(
      "default-src 'none';script-src 'self';style-src 'self';img-src 'self';connect-src 'self';" +
        `form-action 'self' ${oidc().issuer};frame-ancestors 'none';base-uri 'none';require-trusted-types-for 'script'`,
    );
    await expect(
      page.evaluate(`document.body.innerHTML = '<img src=x onerror="window.ran = true">'`),
    ).rejects.toThrow(/TrustedHTML/);
    expect(log.join('')).toContain('logged_in');
    expect(log.join('')).not.toMatch(/eyJ|code=|state=/);
  });

  it('stays logged in while tokens are renewed under it, and over an outage of the provider', async () => {
    const page = await openLoggedIn();
    const first = await session();
    await eventually(page, async () => expect(await session()).not.toBe(first));
    await page.getByRole('heading', { name: 'Ada Lovelace' }).waitFor();

    await oidc().stop();
    await eventually(page, async () =>
      expect(await notice(page)).toContain('cannot tell who you are at the moment'),
    );
    await page.getByRole('heading', { name: 'Ada Lovelace' }).waitFor();
    await oidc().restart();
    await eventually(page, async () => expect(await notice(page)).toBe(''));
    await page.getByRole('heading', { name: 'Ada Lovelace' }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('shows nothing of a person after they logged out, the back button included', async () => {
    const page = await openLoggedIn();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Log in' }).waitFor();
    expect(await session()).toBeUndefined();
    // Back over the provider's page, to where the person was shown: it is asked for anew.
    await Promise.all([page.waitForRequest(`${origin}/api/me`), page.evaluate('history.go(-2)')]);
    await page.getByRole('link', { name: 'Log in' }).waitFor();
    expect(await page.getByText('Ada Lovelace').count()).toBe(0);
  });

  /** What axe finds on the page as it is now (WCAG 2.2 A and AA, and best practices). */
  const findings = async (page: Page): Promise<string[]> => {
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate<axe.AxeResults>('axe.run()');
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`);
  };
  const loadRows = async (page: Page): Promise<void> => {
    await page.getByRole('button', { name: 'Load' }).click();
    await page.getByRole('row').nth(5).waitFor();
  };
  const rows = (page: Page): Promise<number> => page.locator('#transactions tr').count();

  it('shows nothing of one person under the name of another, who logged in in a second tab', async () => {
    const page = await openLoggedIn();
    await loadRows(page);
    const second = await context.newPage();
    await second.goto(origin);
    await second.getByRole('button', { name: 'Log out' }).click();
    await second.getByRole('button', { name: 'Sign out' }).click();
    await second.getByRole('link', { name: 'Log in' }).click();
    await second.getByRole('button', { name: 'Grace Hopper' }).click();
    await second.getByRole('heading', { name: 'Grace Hopper' }).waitFor();

    // The first tab has not looked since: whatever it shows next, no row of Ada's stands under Grace's name.
    expect(await rows(page)).toBe(5);
    await eventually(page, async () => {
      await page.getByRole('heading', { name: 'Grace Hopper' }).waitFor({ timeout: 1_000 });
    });
    expect(await rows(page)).toBe(0);
    expect(await page.getByText('Ada Lovelace').count()).toBe(0);
    await second.close();
  });

  it('loads no rows of whoever logged in elsewhere meanwhile', async () => {
    const page = await openLoggedIn();
    let asked = 0;
    await page.route('**/api/me', async (route) => {
      asked += 1;
      const body = {
        subject: asked === 1 ? 'ada' : 'grace',
        name: asked === 1 ? 'Ada' : 'Grace',
        tier: 'free',
        scopes: [],
      };
      await route.fulfill({ json: body });
    });
    await page.getByRole('button', { name: 'Load' }).click();
    await page.getByRole('heading', { name: 'Grace' }).waitFor();
    await page.locator('#load[aria-disabled="false"]').waitFor();
    expect(await rows(page)).toBe(0);
  });

  it('says when a session has ended, and takes away what it showed of it', async () => {
    const page = await openLoggedIn();
    await loadRows(page);
    await context.clearCookies({ name: SESSION });
    await eventually(page, async () => {
      await page.getByRole('heading', { name: 'Your session has ended.' }).waitFor({ timeout: 1_000 });
    });
    expect(await rows(page)).toBe(0);
    expect(await page.getByText('Ada Lovelace').count()).toBe(0);
    // It goes on saying so, and leads to the login.
    await page.clock.runFor(10_000);
    expect(await page.getByRole('link', { name: 'Log in again' }).isVisible()).toBe(true);
    expect(await findings(page)).toEqual([]);
  });

  it('says that the limit is used up until it is over, however often it looks meanwhile', async () => {
    const page = await openLoggedIn();
    await page.route('**/api/transactions?*', (route) =>
      route.fulfill({ status: 429, headers: { 'Retry-After': '30' }, json: { message: 'too many' } }),
    );
    await page.getByRole('button', { name: 'Load' }).click();
    await page.getByText('Your limit is used up.').waitFor();
    for (let looks = 0; looks < 5; looks += 1) {
      await Promise.all([page.waitForResponse('**/api/me'), page.clock.runFor(5_000)]);
    }
    expect(await notice(page)).toMatch(/^Your limit is used up\. Try again at \d+:\d\d:\d\d [AP]M\.$/);
    expect(await findings(page)).toEqual([]);
    await page.clock.runFor(6_000);
    expect(await notice(page)).toBe('');
  });

  it('says that it is asking, and that the API cannot be reached, before it knows who is there', async () => {
    const page = await open({}, async (page) => {
      await page.route('**/api/me', () => undefined);
    });
    await page.getByRole('heading', { name: 'One moment' }).waitFor();
    expect(await findings(page)).toEqual([]);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await page.route('**/api/me', (route) => route.abort());
    await page.clock.runFor(5_000);
    await page.getByRole('heading', { name: 'The API cannot be reached.' }).waitFor();
    expect(await findings(page)).toEqual([]);
    await page.unrouteAll();
    await page.clock.runFor(5_000);
    await page.getByRole('link', { name: 'Log in' }).waitFor();
    expect(await findings(page)).toEqual([]);
  });

  it('has words for who has no JavaScript', async () => {
    const page = await open({ javaScriptEnabled: false });
    await page.getByText('It needs JavaScript for that.').waitFor();
    const visible = await page.getByRole('main').innerText();
    expect(visible).not.toMatch(/One moment|session has ended|cannot be reached/);
  });

  it.each(['light', 'dark'] as const)(
    'can be read in %s, on a desktop and on a small phone',
    async (colorScheme) => {
      const grounds = [];
      const page = await openLoggedIn({ colorScheme });
      await page.getByRole('button', { name: 'Load' }).click();
      await page.getByRole('row').nth(5).waitFor();
      for (const width of [1_280, 320]) {
        await page.setViewportSize({ width, height: 800 });
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
        const cut = "const table = document.querySelector('.scroll'); table.scrollWidth - table.clientWidth";
        expect(await page.evaluate(cut)).toBe(0);
        expect(await findings(page)).toEqual([]);
        const texts = await page.evaluate<Contrast[]>(`(${contrasts.toString()})()`);
        expect(texts.length).toBeGreaterThan(15);
        // WCAG 2.2, 1.4.3.
        expect(texts.filter(({ ratio }) => ratio < 4.5)).toEqual([]);
        grounds.push(texts[0]?.dark);
      }
      expect(grounds).toEqual([colorScheme === 'dark', colorScheme === 'dark']);
    },
  );
});

interface Contrast {
  readonly text: string;
  readonly ratio: number;
  /** Whether the text is lighter than what it stands on. */
  readonly dark: boolean;
}

/** Runs in the page: the contrast (WCAG 2.2) of each visible text with the nearest ground behind it. */
function contrasts(): Contrast[] {
  /* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-return, @typescript-eslint/no-unsafe-argument */
  const { document, getComputedStyle } = globalThis as any;
  const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (color: string): number[] => {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = color;
    pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (color: string): number => {
    const [r = 0, g = 0, b = 0] = rgba(color).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const groundOf = (element: any): string => {
    const color: string = getComputedStyle(element).backgroundColor;
    return (rgba(color)[3] ?? 0) > 0 || !element.parentElement ? color : groundOf(element.parentElement);
  };
  return [...document.querySelectorAll('body *')]
    .filter((element) => element.checkVisibility() && element.matches(':not(meter, .skip)'))
    .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .map((element) => {
      const [ink, ground] = [luminance(getComputedStyle(element).color), luminance(groundOf(element))];
      const ratio = (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
      return { text: element.textContent.trim(), ratio, dark: ink > ground };
    });
}
