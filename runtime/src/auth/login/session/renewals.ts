/**
 * Renews the tokens of sessions, each refresh token once (RFC 9700 §4.14.2: a provider that sees one twice
 * takes it for stolen and ends the login).
 *
 * A page sends several requests at once, all with the same cookie: they share one renewal. Those that were on
 * their way when it finished still bring the old cookie: for a minute they are given the new session, as is a
 * browser that never got the answer with the new cookie. Several instances hand renewed sessions to each other
 * where there is a {@link Handover}; without one, two of them that renew the same session in the same moment
 * may end it, and its person logs in again.
 *
 * While the provider does not answer, tokens serve until they expire, and it is asked every two seconds at most.
 */
import { hash } from 'node:crypto';
import type { Clock } from '../../../time/clock';
import { ProviderUnavailableError } from '../../provider/errors';
import { isRenewalDue, type Session } from './session';

/** How long requests that bring the old session are given the renewed one. */
export const GRACE_MS = 60_000;
/** How long the provider is not asked again after it did not answer. */
const PAUSE_MS = 2_000;

/** Has one of several instances do the work that `name` names; the others get its result. */
export type Handover = (name: string, work: () => Promise<Session>) => Promise<Session>;

interface Renewal {
  readonly session: Promise<Session>;
  /** On the monotonic clock; set once it has succeeded. */
  until: number;
}

export interface RenewalsOptions {
  readonly renew: (session: Session) => Promise<Session>;
  readonly handover: Handover;
  readonly clock: Clock;
}

export class Renewals {
  readonly #options: RenewalsOptions;
  /** By the hash of the refresh token that was used up. */
  readonly #renewals = new Map<string, Renewal>();
  #outage: { readonly error: ProviderUnavailableError; readonly until: number } | undefined;

  constructor(options: RenewalsOptions) {
    this.#options = options;
  }

  /**
   * The session with an access token that can be used: the one given, or its successor.
   *
   * @throws ProviderRefusedError if the provider ended it.
   * @throws ProviderUnavailableError if the token has expired and the provider does not answer.
   */
  async usable(session: Session): Promise<Session> {
    const latest = await this.latest(session);
    const now = this.#options.clock.wall();
    if (!isRenewalDue(latest, now)) return latest;
    try {
      return await this.#renew(latest);
    } catch (error) {
      if (error instanceof ProviderUnavailableError && now < latest.expiresAt) return latest;
      throw error;
    }
  }

  /** The session's last successor that this instance knows. Waits for a renewal under way; begins none. */
  async latest(session: Session): Promise<Session> {
    this.#forgetOld();
    const renewal = this.#renewals.get(nameOf(session));
    return renewal ? this.latest(await renewal.session) : session;
  }

  #renew(session: Session): Promise<Session> {
    const { renew, handover, clock } = this.#options;
    if (this.#outage && clock.monotonic() < this.#outage.until) return Promise.reject(this.#outage.error);

    const name = nameOf(session);
    const underWay = this.#renewals.get(name);
    if (underWay) return underWay.session;
    const renewal: Renewal = { session: handover(name, () => renew(session)), until: Infinity };
    this.#renewals.set(name, renewal);
    renewal.session.then(
      () => (renewal.until = clock.monotonic() + GRACE_MS),
      (error: unknown) => {
        this.#renewals.delete(name);
        if (error instanceof ProviderUnavailableError)
          this.#outage = { error, until: clock.monotonic() + PAUSE_MS };
      },
    );
    return renewal.session;
  }

  /** Renewals end in about the order in which they began, so the first that is young ends the search. */
  #forgetOld(): void {
    const now = this.#options.clock.monotonic();
    for (const [name, { until }] of this.#renewals) {
      if (until > now) break;
      this.#renewals.delete(name);
    }
  }
}

/** Names a session's refresh token, without being one. */
function nameOf({ refreshToken = '' }: Session): string {
  return hash('sha256', refreshToken, 'base64url').slice(0, 32);
}
