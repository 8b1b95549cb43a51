import type { AuthContext, Revocation } from '@portcullis/runtime';
import { namesOf, denialsReader } from '../../../../../runtime/src/auth/revocation/denials';

const ISSUER = 'https://one.example.com';
const OTHER = 'https://two.example.com';
const NOW = 1_800_000_000.25;
const read = denialsReader([ISSUER, OTHER], 5);

const caller = (claims: Record<string, unknown>, more: Partial<AuthContext> = {}): AuthContext => ({
  ...{ issuer: ISSUER, subject: 'sub-1', organisation: 'org-1', tier: 'free', scopes: [], expiresAt: 0 },
  claims,
  ...more,
});
/** Whether a revocation names the caller's token at all. */
const names = (revocation: Revocation, auth: AuthContext): boolean =>
  read(revocation, NOW).some(({ name }) => namesOf(auth).includes(name));

describe('a revocation', () => {
  const ours = { jti: 'jti-1', sid: 'sid-1' };
  it.each<[string, Revocation, AuthContext, boolean]>([
    ['a jti', { issuer: ISSUER, jti: 'jti-1' }, caller(ours), true],
    ['another jti', { issuer: ISSUER, jti: 'jti-2' }, caller(ours), false],
    ['a sid', { issuer: ISSUER, sid: 'sid-1' }, caller(ours), true],
    [
      'another session of the same subject',
      { issuer: ISSUER, sid: 'sid-2', subject: 'sub-1' },
      caller(ours),
      false,
    ],
    [
      'a session that tokens do not name',
      { issuer: ISSUER, sid: 'sid-2', subject: 'sub-1' },
      caller({}),
      true,
    ],
    [
      'such a session of another subject',
      { issuer: ISSUER, sid: 'sid-2', subject: 'sub-2' },
      caller({}),
      false,
    ],
    ['a subject', { issuer: ISSUER, subject: 'sub-1' }, caller(ours), true],
    ['a subject, for tokens without a session', { issuer: ISSUER, subject: 'sub-1' }, caller({}), true],
    ['an organisation', { issuer: ISSUER, organisation: 'org-1' }, caller(ours), true],
    ['a value of another kind', { issuer: ISSUER, organisation: 'sub-1' }, caller(ours), false],
    ['a subject of another issuer', { issuer: OTHER, subject: 'sub-1' }, caller(ours), false],
    ['a jti of another issuer', { issuer: OTHER, jti: 'jti-1' }, caller(ours), false],
  ])('of %s', (_of, revocation, auth, expected) => {
    expect(names(revocation, auth)).toBe(expected);
  });

  it('is remembered as a name of fixed length, which says nothing', () => {
    const [denial] = read({ issuer: ISSUER, subject: 'x'.repeat(8_000) }, NOW);
    expect(denial?.name).toMatch(/^[\w-]{22}$/);
  });

  it('cuts off a tolerance from now, or where the issuer says; single tokens and sessions for good', () => {
    const until = (revocation: Revocation) => read(revocation, NOW).map(({ issuedUntil }) => issuedUntil);
    expect(until({ issuer: ISSUER, subject: 'a' })).toEqual([NOW + 5]);
    expect(until({ issuer: ISSUER, organisation: 'a', issuedUntil: 1_799_999_000 })).toEqual([1_799_999_000]);
    expect(until({ issuer: ISSUER, jti: 'a' })).toEqual([Infinity]);
    expect(until({ issuer: ISSUER, sid: 'a', subject: 'b', issuedUntil: 7 })).toEqual([Infinity, 7]);
  });

  it.each<[string, object, string]>([
    ['of nobody', { issuer: ISSUER }, 'received none of jti, session, sid, subject and organisation'],
    ['of two things', { issuer: ISSUER, jti: 'a', organisation: 'b' }, 'received several of jti'],
    [
      'of an issuer that is not followed',
      { issuer: 'https://x.example.com', jti: 'a' },
      'expected one of the issuers',
    ],
    ['without an issuer', { jti: 'a' }, 'issuer: '],
    ['of an empty subject', { issuer: ISSUER, subject: '' }, 'subject: expected a non-empty string'],
    [
      'with a cut-off in milliseconds',
      { issuer: ISSUER, subject: 'a', issuedUntil: NOW * 1_000 },
      'in seconds',
    ],
    [
      'with no number as cut-off',
      { issuer: ISSUER, subject: 'a', issuedUntil: NaN },
      'issuedUntil: expected seconds',
    ],
    [
      'of one token up to a moment',
      { issuer: ISSUER, jti: 'a', issuedUntil: 1 },
      'names one whenever it began',
    ],
    ['with a misspelt name', { issuer: ISSUER, org_id: 'a' }, 'org_id'],
  ])('%s is refused with what to do about it', (_which, revocation, problem) => {
    expect(() => read(revocation as Revocation, NOW)).toThrow(
      expect.objectContaining({
        code: 'ERR_REVOCATION_INVALID',
        message: expect.stringContaining(problem) as string,
      }) as Error,
    );
  });
});
