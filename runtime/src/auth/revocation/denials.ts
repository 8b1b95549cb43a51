/** The lines of the deny-lists: what is remembered of a revocation, and how a token or a session finds it. */
import { hash } from 'node:crypto';
import { z } from 'zod';
import { toProblem } from '../../policy/errors';
import { isFrozenContext, type AuthContext } from '../context';
import { RevocationInvalidError } from './errors';
import type { RevocableSession, Revocation } from './revocation-list';

/** What a denial is held against. */
export type DenialScope = 'tokens' | 'sessions' | 'all';

/** One line of a deny-list. */
export interface Denial {
  /** Whose, as {@link namesOf} and {@link sessionNamesOf} name them. */
  readonly name: string;
  readonly scope: DenialScope;
  /** Tokens with a later `iat`, and sessions that began later, are let in. Infinity for a name that no later token can have. */
  readonly issuedUntil: number;
  /** When it was revoked: seconds since 1970. */
  readonly since: number;
}

type Kind = 'jti' | 'session' | 'sid' | 'subject' | 'subject without sid' | 'organisation';

/**
 * A name of fixed length, whatever a token holds. It is a hash, so that nobody's identity is in Redis, of 132 bits, so
 * that no two names are the same.
 */
function nameOf(kind: Kind, issuer: string, value: string): string {
  return hash('sha256', JSON.stringify([kind, issuer, value]), 'base64url').slice(0, 22);
}

const known = new WeakMap<AuthContext, readonly string[]>();

/** Every name under which a caller's token can be denied. Remembered, as contexts of cached tokens are. */
export function namesOf(auth: AuthContext): readonly string[] {
  let names = known.get(auth);
  if (names === undefined) {
    const { jti, sid } = auth.claims;
    names = [
      ...personNames({ ...auth, sid }),
      ...(typeof jti === 'string' ? [nameOf('jti', auth.issuer, jti)] : []),
    ];
    if (isFrozenContext(auth)) known.set(auth, names);
  }
  return names;
}

/** Every name under which a session can be denied. */
export function sessionNamesOf(session: RevocableSession): readonly string[] {
  return [nameOf('session', session.issuer, session.id), ...personNames(session)];
}

function personNames({
  issuer,
  subject,
  sid,
  organisation,
}: Pick<RevocableSession, 'issuer' | 'subject' | 'organisation'> & { readonly sid?: unknown }): string[] {
  return [
    nameOf('subject', issuer, subject),
    typeof sid === 'string' ? nameOf('sid', issuer, sid) : nameOf('subject without sid', issuer, subject),
    ...(organisation === undefined ? [] : [nameOf('organisation', issuer, organisation)]),
  ];
}

const text = z.string().min(1, 'expected a non-empty string').max(8_192, 'expected what fits into a token');

/** Checks revocations, of the given issuers only: one that names another would refuse nobody. */
export function denialsReader(issuers: readonly string[], toleranceSeconds: number) {
  const schema = z
    .strictObject({
      issuer: z.string().refine((issuer) => issuers.includes(issuer), {
        error: `expected one of the issuers that are followed: ${issuers.join(', ')}`,
      }),
      jti: text.optional(),
      session: text.optional(),
      sid: text.optional(),
      subject: text.optional(),
      organisation: text.optional(),
      issuedUntil: z.number('expected seconds since 1970').optional(),
    })
    .superRefine(({ jti, session, sid, subject, organisation, issuedUntil }, context) => {
      const named = [jti, session, sid ?? subject, organisation].filter((value) => value !== undefined);
      if (named.length !== 1) {
        const message = `received ${named.length === 0 ? 'none' : 'several'} of jti, session, sid, subject and organisation: name one (a sid may come with its subject)`;
        context.addIssue({ code: 'custom', message });
      }
      if ((jti ?? session) !== undefined && issuedUntil !== undefined) {
        const message =
          'received together with a jti or session, which names one whenever it began: leave it out';
        context.addIssue({ code: 'custom', path: ['issuedUntil'], message });
      }
    });

  /**
   * The lines that a revocation adds to the deny-list.
   *
   * @param now seconds since 1970.
   * @throws RevocationInvalidError
   */
  return (revocation: Revocation, now: number): readonly Denial[] => {
    const parsed = schema.safeParse(revocation);
    if (!parsed.success) throw new RevocationInvalidError(parsed.error.issues.map(toProblem));
    const latest = now + toleranceSeconds;
    const { issuer, jti, session, sid, subject, organisation, issuedUntil = latest } = parsed.data;
    if (issuedUntil > latest) {
      const message = 'expected a moment that has passed, in seconds: a later one would refuse new logins';
      throw new RevocationInvalidError([{ path: 'issuedUntil', message }]);
    }
    const deny = (
      kind: Kind,
      value: string | undefined,
      until: number,
      scope: DenialScope = 'all',
    ): Denial[] =>
      value === undefined
        ? []
        : [{ name: nameOf(kind, issuer, value), scope, issuedUntil: until, since: now }];
    return [
      ...deny('jti', jti, Infinity, 'tokens'),
      ...deny('session', session, Infinity, 'sessions'),
      ...deny('sid', sid, Infinity),
      ...deny(sid === undefined ? 'subject' : 'subject without sid', subject, issuedUntil),
      ...deny('organisation', organisation, issuedUntil),
    ];
  };
}
