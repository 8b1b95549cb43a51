import { inspect } from 'node:util';
import { revocationOf } from '../../../../cli/src/revoke/revoked-token';

const ISSUER = 'https://auth.example.com';
const tokenOf = (claims: unknown): string =>
  ['header', Buffer.from(JSON.stringify(claims)).toString('base64url'), 'c2VjcmV0'].join('.');

it('is named by its issuer and its jti, whether it has ended or not', () => {
  const token = tokenOf({ iss: ISSUER, jti: 'one', exp: 1 });
  expect(revocationOf(`${token}\n`, ISSUER)).toEqual({ issuer: ISSUER, jti: 'one' });
});

it.each([
  ['of nobody', ''],
  ['that is opaque', 'ory_at_abc.def'],
  ['whose claims are no JSON', 'a.b.c'],
  ['whose claims are none', tokenOf(null)],
  ['that is encrypted', 'a.b.c.d.e'],
  ['that is endless', tokenOf({ iss: ISSUER, jti: 'x'.repeat(8_192) })],
  ['of another issuer', tokenOf({ iss: `${ISSUER}/`, jti: 'one' })],
  ['without a jti', tokenOf({ iss: ISSUER, sub: 'ada' })],
  ['with another kind of jti', tokenOf({ iss: ISSUER, jti: ['one'] })],
])('a token %s is refused, and no part of it is in the message', (_kind, token) => {
  const refusal = (() => {
    try {
      return revocationOf(token, ISSUER);
    } catch (error) {
      return error as Error;
    }
  })();
  expect(refusal).toMatchObject({ code: 'ERR_SETTING' });
  const payload = token.split('.')[1] ?? '';
  if (payload.length > 1) expect(inspect(refusal)).not.toContain(payload);
  expect(inspect(refusal)).not.toContain('ada');
});
