/**
 * Renews the tokens of sessions, each refresh token once (RFC 9700 §4.14.2: a provider that sees one twice
 * takes it for stolen and ends the login).
 *
 *   young ──0.8 of the token's life──► due ──the first request begins a renewal──► renewed
 *                                       │                                            │
 *                                       │ until it ends, requests go on              │ the old cookie leads to
 *                                       ▼ with the token, while that serves          ▼ the renewed session
 *
 * Nobody waits for a renewal whose own token still serves. The renewed session is kept until the browser brings
 * it, and a minute longer for requests that are on their way with the old cookie. Several instances hand renewed
 * sessions to each other where there is a {@link Handover}; without one, two of them that renew the same session in
 * the same moment may end it, and its person logs in again.
 *
 * A token that was revoked, while its session was not, is renewed at once: whoever waits for that would be refused.
 *
 * What a provider answers to one session's renewal changes nothing for another session. While it does not answer,
 * tokens serve until they expire, and it is asked every two seconds at most for each session.
 */
import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../../time/clock';
import { ProviderRefusedError, ProviderUnavailableError } from '../../provider/errors';
import { isRenewalDue, type Session } from './session';

/** How long the old cookie still leads to the renewed session once the browser has brought the new one. */
export const GRACE_MS = 60_000;
/** How long the provider is not asked again for a session after it did not answer. */
const PAUSE_MS = 2_000;
/** How long a token that is refused was renewed before it is renewed again because of that. */
const REFUSED_AGAIN_MS = 10_000;
/** Outcomes kept at most, and characters of tokens in them. A session whose outcome was dropped renews once more. */
const MOST_OUTCOMES = 10_000;
const MOST_CHARACTERS = 40_000_000;

/** Has one of several instances do the work that a name names; the others get its result. */
export interface Handover {
  renew(name: string, work: () => Promise<Session>): Promise<Session>;
  /** The browser has brought the session that came of this renewal: its result is soon wanted by nobody. */
  received(name: string): void;
}

export interface RenewalsOptions {
  readonly renew: (session: Session) => Promise<Session>;
  /** Whether the session's token was revoked. @default none was */
  readonly isTokenRevoked?: (session: Session) => boolean;
  readonly handover: Handover;
  /** How long a browser may take to bring a renewed session: longer than sessions may be idle serves nobody. */
  readonly keptMs: number;
  readonly clock: Clock;
}

/** What a request goes on with. */
export interface UsableSession {
  readonly session: Session;
  /** Set while a renewal is under way: the session to give to the browser, should it be there in time. */
  readonly coming?: Promise<Session>;
}

export class Renewals {
  readonly #options: RenewalsOptions;
  readonly #underWay = new Map<string, Promise<Session>>();
  /** What came of renewals, by the name of the session that was renewed. */
  readonly #outcomes: LRUCache<string, Session | ProviderRefusedError | ProviderUnavailableError>;
  /** Names of renewed sessions that browsers have brought. */
  readonly #received = new LRUCache<string, true>({ max: MOST_OUTCOMES });

  constructor(options: RenewalsOptions) {
    this.#options = options;
    this.#outcomes = new LRUCache({
      max: MOST_OUTCOMES,
      maxSize: MOST_CHARACTERS,
      sizeCalculation: (outcome) => (outcome instanceof Error ? 100 : charactersOf(outcome)),
      ttl: options.keptMs,
      ttlResolution: 0,
      // lru-cache takes a moment of 0 for none.
      perf: { now: () => 1 + options.clock.monotonic() },
    });
  }

  /**
   * The session with an access token that can be used: the one given, or its successor.
   *
   * @throws ProviderRefusedError if the provider ended it.
   * @throws ProviderUnavailableError if the token has expired or was revoked, and the provider does not answer.
   */
  async usable(session: Session): Promise<UsableSession> {
    this.#markReceived(session);
    const latest = this.#known(session);
    const now = this.#options.clock.wall();
    const refused = this.#isRefused(latest, now);
    if (!refused && !isRenewalDue(latest, now)) return { session: latest };
    const coming = this.#renew(latest);
    if (refused || now >= latest.expiresAt) return { session: await coming };
    // Whoever awaits it hears of its failure, and so does the next request.
    coming.catch(() => undefined);
    return { session: latest, coming };
  }

  /** The session's last successor that this instance knows. Waits for a renewal under way; begins none. */
  async latest(session: Session): Promise<Session> {
    const known = this.#known(session);
    return (await this.#underWay.get(nameOf(known))) ?? known;
  }

  /** Each successor was renewed once more than the one before, so that this ends whatever a provider sends. */
  #known(session: Session): Session {
    for (let latest = session; ;) {
      const outcome = this.#outcomes.get(nameOf(latest));
      if (outcome instanceof ProviderRefusedError) throw outcome;
      if (outcome === undefined || outcome instanceof ProviderUnavailableError) return latest;
      if (outcome.id !== latest.id || outcome.renewals <= latest.renewals) return latest;
      latest = outcome;
    }
  }

  #isRefused(session: Session, now: number): boolean {
    if (session.refreshToken === undefined || now < session.renewedAt + REFUSED_AGAIN_MS) return false;
    return this.#options.isTokenRevoked?.(session) === true;
  }

  #renew(session: Session): Promise<Session> {
    const name = nameOf(session);
    const underWay = this.#underWay.get(name);
    if (underWay) return underWay;
    const failed = this.#outcomes.get(name);
    if (failed instanceof ProviderUnavailableError) return Promise.reject(failed);
    const renewal = this.#ask(name, session).finally(() => this.#underWay.delete(name));
    this.#underWay.set(name, renewal);
    return renewal;
  }

  async #ask(name: string, session: Session): Promise<Session> {
    try {
      const renewed = await this.#options.handover.renew(name, () => this.#options.renew(session));
      this.#outcomes.set(name, renewed);
      return renewed;
    } catch (error) {
      if (error instanceof ProviderRefusedError) this.#outcomes.set(name, error);
      if (error instanceof ProviderUnavailableError) this.#outcomes.set(name, error, { ttl: PAUSE_MS });
      throw error;
    }
  }

  /** Whoever brings a renewed session has it: the one before leads to it only a little longer. */
  #markReceived(session: Session): void {
    const name = nameOf(session);
    if (session.renewals === 0 || this.#received.has(name)) return;
    this.#received.set(name, true);
    const before = nameOf({ id: session.id, renewals: session.renewals - 1 });
    const outcome = this.#outcomes.get(before);
    if (outcome !== undefined) this.#outcomes.set(before, outcome, { ttl: GRACE_MS });
    this.#options.handover.received(before);
  }
}

function charactersOf({ accessToken, refreshToken = '', idToken = '' }: Session): number {
  return 100 + accessToken.length + refreshToken.length + idToken.length;
}

/** Names a state of a login, to Redis too, without telling the login's own name. */
function nameOf({ id, renewals }: Pick<Session, 'id' | 'renewals'>): string {
  return hash('sha256', `${id} ${renewals}`, 'base64url').slice(0, 32);
}
