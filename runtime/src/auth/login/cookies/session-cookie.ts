import type { Response } from '../../../peer-types';
import { z } from 'zod';
import type { Clock } from '../../../time/clock';
import { addCookies, LONGEST_VALUE, longCookieLines, readLong, type Cookie, type Cookies } from './cookies';
import type { Sealer } from '../seal';
import { SessionTooLargeError } from '../session/errors';
import type { KeptSessions } from '../session/kept-sessions';
import { endOf, readSession, type Session, type SessionLimits } from '../session/session';

export interface SessionCookieOptions {
  readonly name: string;
  readonly sealer: Sealer;
  readonly limits: SessionLimits;
  readonly clock: Pick<Clock, 'wall'>;
  /** For what is too large for cookies: the browser then gets its name, sealed. */
  readonly kept: KeptSessions | undefined;
}

/** No script reads it. `Lax`, because a link from elsewhere should find its person logged in. */
const ATTRIBUTES: Omit<Cookie, 'name'> = { httpOnly: true, sameSite: 'Lax' };

/** How long the browser keeps a session that is over, so that logging out then still ends it at the provider. */
const OVER_MS = 3_600_000;

/** What the cookie holds, and when it ends: with this session's end, or with the latest that its login can have. */
interface Placed {
  readonly value: string;
  readonly end: 'own' | 'oldest';
}

const always = (): boolean => true;

const reference = z.object({ kept: z.string() });

/** Keeps a session in the browser, sealed. Every method but `isOver` throws SessionsUnavailableError where it is kept in Redis. */
export class SessionCookie {
  readonly #options: SessionCookieOptions;
  readonly #cookie: Cookie;
  readonly #placed = new WeakMap<Session, Promise<Placed>>();

  constructor(options: SessionCookieOptions) {
    this.#options = options;
    this.#cookie = { ...ATTRIBUTES, name: options.name };
  }

  isIn(cookies: Cookies): boolean {
    return cookies.has(this.#cookie.name);
  }

  /** The session, which may be over; `undefined` for one that was not sealed by us, or was deleted. */
  async read(cookies: Cookies): Promise<Session | undefined> {
    const { sealer, kept } = this.#options;
    const text = readLong(cookies, this.#cookie.name);
    const content = text === undefined ? undefined : await sealer.open(text);
    const id = reference.safeParse(content).data?.kept;
    return id === undefined ? readSession(content) : kept?.read(id);
  }

  isOver(session: Session): boolean {
    const { limits, clock } = this.#options;
    return clock.wall() >= endOf(session, limits);
  }

  /**
   * @param isWanted asked when the answer's headers are written.
   * @throws SessionTooLargeError if it fits into no cookies and there is no Redis.
   */
  async write(res: Response, cookies: Cookies, session: Session, isWanted = always): Promise<void> {
    const lines = await this.#lines(cookies, session);
    addCookies(res, () => (isWanted() ? lines : []));
  }

  /** Writes a session that is still to come, if it is there before the answer's headers are written. */
  writeInTime(res: Response, cookies: Cookies, coming: Promise<Session>, isWanted = always): void {
    let lines: readonly string[] = [];
    addCookies(res, () => (isWanted() ? lines : []));
    coming
      .then((session) => this.#lines(cookies, session))
      .then(
        (made) => (lines = made),
        // The next request hears why there is no such session.
        () => undefined,
      );
  }

  /** @param isWanted asked when the answer's headers are written. */
  clear(res: Response, cookies: Cookies, isWanted = always): void {
    addCookies(res, () => (isWanted() ? longCookieLines(cookies, this.#cookie, '', 0) : []));
  }

  /** Deletes it where it is kept, so that no copy of the cookie leads to it. */
  async delete({ id }: Session): Promise<void> {
    await this.#options.kept?.delete(id);
  }

  async #lines(cookies: Cookies, session: Session): Promise<readonly string[]> {
    const { limits } = this.#options;
    const { value, end } = await this.#place(session);
    // A name stays the same while the session is renewed where it is kept.
    const leftMs = this.#untilAfter(
      end === 'oldest' ? session.loggedInAt + limits.maxAgeMs : endOf(session, limits),
    );
    return longCookieLines(cookies, this.#cookie, value, Math.ceil(leftMs / 1_000));
  }

  /** The cookie's value. All requests that are on their way with an older cookie get the one that the first one made. */
  #place(session: Session): Promise<Placed> {
    let placed = this.#placed.get(session);
    if (placed === undefined) {
      placed = this.#seal(session);
      this.#placed.set(session, placed);
      placed.catch(() => this.#placed.delete(session));
    }
    return placed;
  }

  async #seal(session: Session): Promise<Placed> {
    const { sealer, limits, kept } = this.#options;
    const sealed = await sealer.seal(session);
    if (sealed.length <= LONGEST_VALUE) return { value: sealed, end: 'own' };
    if (!kept) throw new SessionTooLargeError(sealed.length, LONGEST_VALUE);
    await kept.write(session, sealed, this.#untilAfter(endOf(session, limits)));
    return { value: await sealer.seal({ kept: session.id }), end: 'oldest' };
  }

  #untilAfter(endMs: number): number {
    return endMs + OVER_MS - this.#options.clock.wall();
  }
}
