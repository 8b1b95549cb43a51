/** One person at a browser with several tabs on each instance, all of which ask all the time. */
import type { Browser, BrowserContext } from 'playwright-core';
import { Visitor } from './visitor';

const TABS = 4;
const PATH = '/api/me';

export interface Browsing {
  /** Answers by their status, since {@link forget}. */
  readonly statuses: ReadonlyMap<number, number>;
  forget(): void;
  /** The session's cookie, sealed; empty without one. */
  session(): Promise<string>;
  /** Signs out at the provider, which tells no app. */
  signOut(issuer: string): Promise<void>;
  stop(): Promise<void>;
}

/** Logs the person in at the first instance, and begins. @param origins of the instances. */
export type Browse = (person: string, origins: readonly string[]) => Promise<Browsing>;

class Statuses extends Map<number, number> {
  add(status: number): void {
    this.set(status, (this.get(status) ?? 0) + 1);
  }
}

/** Requests without a browser. All tabs get the cookies that one was given, unless another got newer ones meanwhile. */
export const browseByVisitor: Browse = async (person, origins) => {
  const [first = ''] = origins;
  const visitor = new Visitor();
  const start = await visitor.get(`${first}/auth/login`);
  await visitor.get(await visitor.signIn(start.location, person));
  const jar = visitor.cookies(first);
  const session = (): string => [...jar.values()].join('');
  const statuses = new Statuses();
  let going = true;
  const ask = async (origin: string): Promise<void> => {
    const tab = visitor.clone();
    tab.cookies(origin).clear();
    for (const [name, value] of jar) tab.cookies(origin).set(name, value);
    const before = session();
    const { status } = await tab.get(origin + PATH);
    statuses.add(status);
    if (before !== session()) return;
    jar.clear();
    for (const [name, value] of tab.cookies(origin)) jar.set(name, value);
  };
  const tabs = origins.flatMap((origin) =>
    Array.from({ length: TABS }, async () => {
      while (going) await ask(origin);
    }),
  );
  return {
    statuses,
    forget: () => statuses.clear(),
    session: () => Promise.resolve(session()),
    signOut: async (issuer) => {
      const form = await visitor.get(`${issuer}/session/end`);
      const xsrf = /name="xsrf" value="([^"]+)"/.exec(form.text)?.[1] ?? '';
      await visitor.post(`${issuer}/session/end/confirm`, { xsrf, logout: 'yes' });
    },
    stop: async () => {
      going = false;
      await Promise.all(tabs);
    },
  };
};

/** Runs in the page. */
const ASKING = `for (let tab = 0; tab < ${TABS}; tab += 1)
  void (async () => { for (;;) await answered((await fetch('${PATH}')).status); })();`;

/** A real browser. It sends a cookie to all ports of a host, so that both instances get the same. */
export const browseBy =
  (browser: () => Browser, names: Readonly<Record<string, string>>): Browse =>
  async (person, origins) => {
    const context: BrowserContext = await browser().newContext();
    const statuses = new Statuses();
    await context.exposeFunction('answered', (status: number) => statuses.add(status));
    const [first = ''] = origins;
    const page = await context.newPage();
    await page.goto(`${first}/auth/login?returnTo=${PATH}`);
    await page.getByRole('button', { name: names[person] ?? '' }).click();
    await page.waitForURL(first + PATH);
    for (const origin of origins) {
      const tab = await context.newPage();
      await tab.goto(origin + PATH);
      await tab.evaluate(ASKING);
    }
    return {
      statuses,
      forget: () => statuses.clear(),
      session: async () => {
        const cookies = await context.cookies(first);
        return cookies.flatMap(({ name, value }) => (name.endsWith('-session') ? [value] : [])).join('');
      },
      signOut: async (issuer) => {
        await page.goto(`${issuer}/session/end`);
        await page.getByRole('button', { name: 'Sign out' }).click();
        await page.getByText('You are signed out').waitFor();
      },
      stop: () => context.close(),
    };
  };
