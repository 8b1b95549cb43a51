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

/** Keeps a session in the browser: sealed, and no longer than it lasts. */
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

  /** The session, unless it is over or was not sealed by us. */
  async read(cookies: Cookies): Promise<Session | undefined> {
    const { sealer, limits, clock } = this.#options;
    const text = readLong(cookies, this.#cookie.name);
    const session = text === undefined ? undefined : readSession(await sealer.open(text));
    return session && clock.wall() < endOf(session, limits) ? session : undefined;
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
    const maxAgeSeconds = Math.ceil((endOf(session, limits) - clock.wall()) / 1_000);
    return longCookieLines(cookies, this.#cookie, await sealer.seal(session), maxAgeSeconds);
  }
}
