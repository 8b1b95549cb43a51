import type { Response } from 'express';
import type { Clock } from '../../../time/clock';
import { addCookies, clearLong, longCookieLines, readLong, type Cookie, type Cookies } from './cookies';
import type { Sealer } from '../seal';
import { endOf, readSession, type Session, type SessionLimits } from '../session/session';

export interface SessionCookieOptions {
  readonly name: string;
  readonly sealer: Sealer;
  readonly limits: SessionLimits;
  readonly clock: Pick<Clock, 'wall'>;
}

/** No script reads it. `Lax`, because a link from elsewhere should find its person logged in. */
const ATTRIBUTES: Omit<Cookie, 'name'> = { httpOnly: true, sameSite: 'Lax' };

/** How long the browser keeps a session that is over, so that logging out then still ends it at the provider. */
const OVER_MS = 3_600_000;

/** Keeps a session in the browser, sealed. */
export class SessionCookie {
  readonly #options: SessionCookieOptions;
  readonly #cookie: Cookie;

  constructor(options: SessionCookieOptions) {
    this.#options = options;
    this.#cookie = { ...ATTRIBUTES, name: options.name };
  }

  isIn(cookies: Cookies): boolean {
    return cookies.has(this.#cookie.name);
  }

  /** The session, which may be over; `undefined` for one that was not sealed by us. */
  async read(cookies: Cookies): Promise<Session | undefined> {
    const text = readLong(cookies, this.#cookie.name);
    return text === undefined ? undefined : readSession(await this.#options.sealer.open(text));
  }

  isOver(session: Session): boolean {
    const { limits, clock } = this.#options;
    return clock.wall() >= endOf(session, limits);
  }

  async write(res: Response, cookies: Cookies, session: Session): Promise<void> {
    const lines = await this.#lines(cookies, session);
    addCookies(res, () => lines);
  }

  /** Writes a session that is still to come, if it is there before the answer's headers are written. */
  writeInTime(res: Response, cookies: Cookies, coming: Promise<Session>): void {
    let lines: readonly string[] = [];
    addCookies(res, () => lines);
    coming
      .then((session) => this.#lines(cookies, session))
      .then(
        (made) => (lines = made),
        // The next request hears why there is no such session.
        () => undefined,
      );
  }

  clear(res: Response, cookies: Cookies): void {
    clearLong(res, cookies, this.#cookie);
  }

  async #lines(cookies: Cookies, session: Session): Promise<readonly string[]> {
    const { sealer, limits, clock } = this.#options;
    const maxAgeSeconds = Math.ceil((endOf(session, limits) + OVER_MS - clock.wall()) / 1_000);
    return longCookieLines(cookies, this.#cookie, await sealer.seal(session), maxAgeSeconds);
  }
}
