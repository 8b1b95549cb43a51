/**
 * Logins under way. What each authorization response will be checked against is in a cookie of its own, named
 * after its state. So several tabs can log in at once, and a response that no tab of this browser asked for is
 * refused (RFC 6749 §10.12).
 */
import { hash } from 'node:crypto';
import type { Response } from '../../../peer-types';
import { z } from 'zod';
import type { Clock } from '../../../time/clock';
import type { LoginChecks } from '../../provider/provider';
import { clearCookie, setCookie, type Cookie, type Cookies } from './cookies';
import type { Sealer } from '../seal';

const schema = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  returnTo: z.string(),
  startedAt: z.number(),
});

export interface PendingLogin {
  readonly checks: LoginChecks;
  readonly returnTo: string;
}

/** No script reads it. `Lax`, because the provider's page, another site, sends the browser back by a link. */
const ATTRIBUTES: Omit<Cookie, 'name'> = { httpOnly: true, sameSite: 'Lax' };
/** Room for choosing an account and finding the second factor. */
const LIFE_SECONDS = 600;
/** Another site's page can start logins. Their cookies must not fill up the headers of every request. */
const MOST_AT_ONCE = 3;
/** Cookies of pending logins that are opened for one request, whatever it brings. */
const MOST_OPENED = 8;
/** Cookies that one answer clears at most. */
const MOST_CLEARED = 16;

export class PendingLogins {
  readonly #prefix: string;
  readonly #sealer: Sealer;
  readonly #clock: Pick<Clock, 'wall'>;

  constructor(prefix: string, sealer: Sealer, clock: Pick<Clock, 'wall'>) {
    this.#prefix = prefix;
    this.#sealer = sealer;
    this.#clock = clock;
  }

  /** Remembers a login that starts. Of too many, the oldest are given up. */
  async start(res: Response, cookies: Cookies, { checks, returnTo }: PendingLogin): Promise<void> {
    const startedAt = this.#clock.wall();
    for (const name of await this.#givenUp(cookies)) clearCookie(res, { ...ATTRIBUTES, name });
    const sealed = await this.#sealer.seal({ ...checks, returnTo, startedAt });
    setCookie(res, this.#cookieOf(checks.state), sealed, LIFE_SECONDS);
  }

  /** The login that a response with this state belongs to. */
  async find(cookies: Cookies, state: string): Promise<PendingLogin | undefined> {
    const content = await this.#read(cookies.get(this.#cookieOf(state).name));
    if (content?.state !== state) return undefined;
    const { nonce, verifier, returnTo } = content;
    return { checks: { state, nonce, verifier }, returnTo };
  }

  finish(res: Response, state: string): void {
    clearCookie(res, this.#cookieOf(state));
  }

  #cookieOf(state: string): Cookie {
    return { ...ATTRIBUTES, name: this.#prefix + hash('sha256', state, 'hex').slice(0, 16) };
  }

  /**
   * Names of the cookies that make room for one more: all but the newest logins. Only the last ones of the request are
   * opened, for browsers send the newest last (RFC 6265bis §5.8.3); what cannot be opened goes first.
   */
  async #givenUp(cookies: Cookies): Promise<readonly string[]> {
    const names = [...cookies.keys()].filter((name) => name.startsWith(this.#prefix));
    const opened = await Promise.all(
      names.slice(-MOST_OPENED).map(async (name) => {
        const startedAt = (await this.#read(cookies.get(name)))?.startedAt ?? 0;
        return { name, startedAt };
      }),
    );
    const older = opened.sort((a, b) => b.startedAt - a.startedAt).slice(MOST_AT_ONCE - 1);
    return [...older.map(({ name }) => name), ...names.slice(0, -MOST_OPENED)].slice(0, MOST_CLEARED);
  }

  async #read(text: string | undefined): Promise<z.output<typeof schema> | undefined> {
    if (text === undefined) return undefined;
    const content = schema.safeParse(await this.#sealer.open(text)).data;
    const isOver = content && this.#clock.wall() >= content.startedAt + LIFE_SECONDS * 1_000;
    return isOver ? undefined : content;
  }
}
