/**
 * The denials of tokens, and apart from them those of sessions: a session may live far longer than a token, so more of
 * its denials come together, and they must not take the room of the others.
 */
import type { Policy } from '../../policy/policy';
import type { Clock } from '../../time/clock';
import type { AuthContext } from '../context';
import type { OnAuthEvent } from '../events';
import { namesOf, sessionNamesOf, type Denial } from './denials';
import { DenyList } from './deny-list';
import type { RevocableSession } from './revocation-list';

const LISTS = ['tokens', 'sessions'] as const;

/** Denials held at most: 230 bytes each (measured), 23 MB and 55 MB. */
export type Capacity = Readonly<Record<(typeof LISTS)[number], number>>;
const CAPACITY: Capacity = { tokens: 100_000, sessions: 250_000 };

export interface DenyListsOptions {
  readonly policy: Pick<Policy, 'lifetimes'>;
  readonly toleranceSeconds: number;
  readonly clock: Clock;
  readonly onEvent: OnAuthEvent;
  readonly capacity?: Partial<Capacity> | undefined;
}

/** What was revoked began at most one tolerance from now, and is let in for another after its end. */
const neededFor = (seconds: number, toleranceSeconds: number): number => seconds + 2 * toleranceSeconds;

/** How long the longest-lived denial is needed, in seconds. */
export function longestLife({ lifetimes }: Pick<Policy, 'lifetimes'>, toleranceSeconds: number): number {
  return neededFor(Math.max(lifetimes.accessTokenSeconds, lifetimes.sessionSeconds), toleranceSeconds);
}

export class DenyLists {
  readonly #onEvent: OnAuthEvent;
  readonly #lists: Readonly<Record<(typeof LISTS)[number], DenyList>>;
  readonly #toldFull = new Set<(typeof LISTS)[number]>();
  /** How long the longest-lived denial is needed. */
  readonly lifeSeconds: number;

  constructor({ policy, toleranceSeconds, clock, onEvent, capacity }: DenyListsOptions) {
    const { accessTokenSeconds, sessionSeconds } = policy.lifetimes;
    const most = { ...CAPACITY, ...capacity };
    const listOf = (lifeSeconds: number, entries: number): DenyList =>
      new DenyList({ lifeSeconds, toleranceSeconds, clock, most: entries });
    this.#onEvent = onEvent;
    this.#lists = {
      tokens: listOf(neededFor(accessTokenSeconds, toleranceSeconds), most.tokens),
      sessions: listOf(neededFor(sessionSeconds, toleranceSeconds), most.sessions),
    };
    this.lifeSeconds = longestLife(policy, toleranceSeconds);
  }

  get size(): number {
    return this.#lists.tokens.size + this.#lists.sessions.size;
  }

  deniesToken(auth: AuthContext): boolean {
    const { tokens } = this.#lists;
    if (tokens.empty) return false;
    const { iat } = auth.claims;
    const issuedAt = typeof iat === 'number' ? iat : 0;
    // Callers get new tokens by refreshing.
    return tokens.doubts(issuedAt) || tokens.denies(namesOf(auth), issuedAt);
  }

  sessionState(session: RevocableSession): 'good' | 'revoked' | 'unknown' {
    const { sessions } = this.#lists;
    if (sessions.empty) return 'good';
    if (sessions.denies(sessionNamesOf(session), session.loggedInAt)) return 'revoked';
    return sessions.doubts(session.loggedInAt) ? 'unknown' : 'good';
  }

  /** @param stored whether it was seen in Redis. */
  add(denial: Denial, stored: boolean): void {
    for (const list of LISTS) {
      if (denial.scope !== list && denial.scope !== 'all') continue;
      if (this.#lists[list].add(denial, stored) || this.#toldFull.has(list)) continue;
      this.#toldFull.add(list);
      this.#tellDoubt(list, 'full');
    }
  }

  /** For a denial that cannot be read. */
  doubtEveryone(): void {
    for (const list of LISTS) {
      this.#lists[list].doubtEveryone();
      this.#tellDoubt(list, 'unreadable');
    }
  }

  dropDead(): void {
    for (const list of LISTS) {
      this.#lists[list].dropDead();
      if (!this.#lists[list].full) this.#toldFull.delete(list);
    }
  }

  /** The denials that have not been seen in Redis. */
  notStored(): readonly Denial[] {
    const sessions = new Map(this.#lists.sessions.notStored().map((denial) => [denial.name, denial]));
    const tokens = this.#lists.tokens.notStored().map((denial): Denial => {
      const isOfBoth = sessions.get(denial.name)?.issuedUntil === denial.issuedUntil;
      if (isOfBoth) sessions.delete(denial.name);
      return { ...denial, scope: isOfBoth ? 'all' : 'tokens' };
    });
    return [
      ...tokens,
      ...[...sessions.values()].map((denial) => ({ ...denial, scope: 'sessions' as const })),
    ];
  }

  forgetStored(): void {
    for (const list of LISTS) this.#lists[list].forgetStored();
  }

  #tellDoubt(list: (typeof LISTS)[number], reason: 'full' | 'unreadable'): void {
    this.#onEvent({ type: list === 'tokens' ? 'everyone_revoked' : 'sessions_in_doubt', reason });
  }
}
