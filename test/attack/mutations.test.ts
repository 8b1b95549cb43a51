/** What holds for every token, not only for those somebody thought of. */
import fc from 'fast-check';
import { createLocalJWKSet, jwtVerify, type JWK } from 'jose';
import { policy } from '../../policy';
import { TokenError, type AuthContext } from '../../runtime/src/auth';
import { resolveAuth } from '../../runtime/src/auth/options';
import { TokenCache } from '../../runtime/src/auth/token/token-cache';
import { makeVerifier, type TokenVerifier } from '../../runtime/src/auth/token/token-verifier';
import { manualClock, settled } from '../support/clock';
import { published } from '../support/auth/published';
import { NOW } from './calendar';
import { Forge, partsOf } from '../support/attack/forge';
import { runs } from '../support/fuzzing';

const forge = new Forge(policy.issuer, policy.audience, NOW);
let verifier: TokenVerifier;

beforeAll(async () => {
  const issuer = published(policy.issuer);
  issuer.publish(...(forge.published as JWK[]));
  verifier = makeVerifier(resolveAuth({ policy }), {
    clock: manualClock(NOW * 1_000),
    fetchJson: issuer.fetchJson,
    cache: new TokenCache({ entries: 1_000, bytes: 10_000_000 }),
  });
  await settled();
});

afterAll(() => verifier.close());

/** What the token is good for, or the reason why it is good for nothing. */
async function judge(token: string): Promise<AuthContext | TokenError> {
  try {
    return await verifier.verify(token);
  } catch (error) {
    if (error instanceof TokenError) return error;
    throw error;
  }
}

describe('no change of a good token makes another good token', () => {
  const pairs = [forge.rsa, forge.ec, forge.ed];
  const good = pairs.map((pair) => forge.token({}, pair));
  const others = pairs.map((pair) =>
    forge.token({ claims: { sub: 'user-2', scope: 'generate:reports' } }, pair),
  );

  const character = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
  const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
  const at = (token: string, where: number): number => Math.floor(where * token.length);

  /** Changes to the text, and to the bytes that the text stands for. */
  const mutation = fc.oneof(
    fc.tuple(place, character).map(([where, added]) => (token: string) => {
      const index = at(token, where);
      return token.slice(0, index) + added + token.slice(index + 1);
    }),
    fc.tuple(place, character).map(([where, added]) => (token: string) => {
      const index = at(token, where);
      return token.slice(0, index) + added + token.slice(index);
    }),
    fc.tuple(place, fc.integer({ min: 1, max: 8 })).map(([where, count]) => (token: string) => {
      const index = at(token, where);
      return token.slice(0, index) + token.slice(index + count);
    }),
    fc
      .tuple(place, fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 7 }))
      .map(([where, part, bit]) => (token: string) => {
        const parts = partsOf(token);
        const bytes = Buffer.from(parts[part as 0 | 1 | 2], 'base64url');
        const index = Math.floor(where * bytes.length);
        bytes[index] = (bytes[index] ?? 0) ^ (1 << bit);
        parts[part as 0 | 1 | 2] = bytes.toString('base64url');
        return parts.join('.');
      }),
    fc.tuple(place, place).map(([from, to]) => (token: string) => {
      const [low, high] = [at(token, from), at(token, to)].sort((a, b) => a - b) as [number, number];
      return token.slice(0, low) + Array.from(token.slice(low, high)).reverse().join('') + token.slice(high);
    }),
  );

  it.each(pairs.map(({ algorithm }, index) => [algorithm, index] as const))(
    '%s: characters, bytes and stretches changed, up to four times',
    async (_algorithm, index) => {
      const token = good[index]!;
      expect(await judge(token)).toMatchObject({ subject: 'user-1' });
      await fc.assert(
        fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), async (mutations) => {
          const mutated = mutations.reduce((text, mutate) => mutate(text), token);
          fc.pre(mutated !== token);
          expect(await judge(mutated)).toBeInstanceOf(TokenError);
        }),
        { numRuns: runs(1_000) },
      );
    },
  );

  it('parts of good tokens put together', async () => {
    const all = [...good, ...others];
    const part = (index: 0 | 1 | 2) => fc.constantFrom(...all.map((token) => partsOf(token)[index]));
    await fc.assert(
      fc.asyncProperty(part(0), part(1), part(2), async (...parts) => {
        const token = parts.join('.');
        fc.pre(!all.includes(token));
        expect(await judge(token)).toBeInstanceOf(TokenError);
      }),
      { numRuns: runs(300) },
    );
  });
});

describe('what passes here passes jose', () => {
  const odd = fc.constantFrom<unknown>(
    ...[undefined, null, true, false, 0, -1, 1, '', ' ', 'none', [], {}, [null], [''], { a: 1 }],
    ...[
      forge.issuer,
      `${forge.issuer}/`,
      [forge.issuer],
      forge.audience,
      [forge.audience],
      [forge.audience, 1],
    ],
    ...[['other', forge.audience], String(NOW), NOW, NOW - 6, NOW - 5, NOW - 4, NOW + 5, NOW + 6, NOW + 900],
    ...[
      NOW + 901,
      NOW + 905,
      NOW - 895.5,
      1e308,
      'JWT',
      'at+jwt',
      'AT+JWT',
      'application/at+jwt',
      'rsa-1',
      'ec-1',
    ],
    ...['RS256', 'ES256', 'EdDSA', 'Ed25519', 'PS256', 'HS256', ['exp'], 'read:transactions'],
  );
  const changes = (names: readonly string[], most: number) =>
    fc
      .uniqueArray(fc.tuple(fc.constantFrom(...names), odd), { maxLength: most, selector: ([name]) => name })
      .map((entries) => Object.fromEntries(entries));
  const claims = changes(
    ['iss', 'aud', 'sub', 'exp', 'iat', 'nbf', 'jti', 'scope', 'org_id', 'client_id'],
    2,
  );
  const header = changes(['alg', 'kid', 'typ', 'crit', 'b64', 'jwk', 'zip', 'x5t'], 1);

  it('whatever the claims, the header and the key', async () => {
    // RFC 9864 gives EdDSA on this curve a second name; jose wants the one that the key says.
    const keys = createLocalJWKSet({
      keys: forge.published.map(({ alg, ...jwk }) => (alg === 'EdDSA' ? jwk : { ...jwk, alg })),
    });
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(claims, header, fc.constantFrom(forge.rsa, forge.ec, forge.ed), async (c, h, pair) => {
        const token = forge.token({ claims: c, header: h }, pair);
        const ours = await judge(token);
        if (ours instanceof TokenError) return;
        accepted += 1;
        const { payload } = await jwtVerify(token, keys, {
          issuer: policy.issuer,
          audience: policy.audience,
          typ: 'at+jwt',
          algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'],
          requiredClaims: ['exp', 'iat', 'sub'],
          clockTolerance: 5,
          maxTokenAge: policy.lifetimes.accessTokenSeconds,
          currentDate: new Date(NOW * 1_000),
        });
        expect(ours.claims).toEqual(payload);
      }),
      { numRuns: runs(1_500) },
    );
    expect(accepted).toBeGreaterThan(runs(150));
  });
});
