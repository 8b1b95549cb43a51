/** The lines of the deny-list: what is remembered of a revocation, and how a token finds it. */
import { hash } from 'node:crypto';
import { z } from 'zod';
import { toProblem } from '../../policy/errors';
import type { AuthContext } from '../context';
import { RevocationInvalidError } from './errors';
import type { Revocation } from './revocation-list';

/** One line of the deny-list. */
export interface Denial {
  /** Whose tokens, as {@link namesOf} names them. */
  readonly name: string;
  /** Tokens with a later `iat` are let in. Infinity for a name that no later token can have. */
  readonly issuedUntil: number;
  /** When it was revoked: seconds since 1970. */
  readonly since: number;
}

type Kind = 'jti' | 'sid' | 'subject' | 'subject without sid' | 'organisation';

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
    const { issuer, subject, organisation } = auth;
    const { jti, sid } = auth.claims;
    names = [
      nameOf('subject', issuer, subject),
      typeof sid === 'string' ? nameOf('sid', issuer, sid) : nameOf('subject without sid', issuer, subject),
    ];
    if (typeof jti === 'string') names = [...names, nameOf('jti', issuer, jti)];
    if (organisation !== undefined) names = [...names, nameOf('organisation', issuer, organisation)];
    known.set(auth, names);
  }
  return names;
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
      sid: text.optional(),
      subject: text.optional(),
      organisation: text.optional(),
      issuedUntil: z.number('expected seconds since 1970').optional(),
    })
    .superRefine(({ jti, sid, subject, organisation, issuedUntil }, context) => {
      const named = [jti, sid ?? subject, organisation].filter((value) => value !== undefined);
      if (named.length !== 1) {
        const message = `received ${named.length === 0 ? 'none' : 'several'} of jti, sid, subject and organisation: name one (a sid may come with its subject)`;
        context.addIssue({ code: 'custom', message });
      }
      if (jti !== undefined && issuedUntil !== undefined) {
        const message =
          'received together with jti, which names one token whenever it was issued: leave it out';
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
    const { issuer, jti, sid, subject, organisation, issuedUntil = latest } = parsed.data;
    if (issuedUntil > latest) {
      const message = 'expected a moment that has passed, in seconds: a later one would refuse new logins';
      throw new RevocationInvalidError([{ path: 'issuedUntil', message }]);
    }
    const deny = (kind: Kind, value: string | undefined, until: number): Denial[] =>
      value === undefined ? [] : [{ name: nameOf(kind, issuer, value), issuedUntil: until, since: now }];
    return [
      ...deny('jti', jti, Infinity),
      ...deny('sid', sid, Infinity),
      ...deny(sid === undefined ? 'subject' : 'subject without sid', subject, issuedUntil),
      ...deny('organisation', organisation, issuedUntil),
    ];
  };
}
