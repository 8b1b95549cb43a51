import { SignJWT, type JWTPayload } from 'jose';
import crypto from 'node:crypto';
import { policy } from '../../../../../policy';
import type { AuthContext } from '../../../../../runtime/src/auth';
import type { SigningKey } from '../../../../../runtime/src/auth/keys/jwks';
import { resolveAuth, type AuthOptions } from '../../../../../runtime/src/auth/options';
import { TokenCache, type CacheBounds } from '../../../../../runtime/src/auth/token/token-cache';
import { makeVerifier, type TokenVerifier } from '../../../../../runtime/src/auth/token/token-verifier';
import { manualClock, type ManualClock } from '../../../../support/clock';
import { makeKey, type TestKey } from '../../../../support/auth/issuer';
import { published, type Published } from '../../../../support/auth/published';

const MINUTE = 60_000;
const ROOMY: CacheBounds = { entries: 100, bytes: 1_000_000 };

let key: TestKey;
let other: TestKey;
let clock: ManualClock;
let issuer: Published;
let verifier: TokenVerifier;

beforeAll(async () => {
  [key, other] = await Promise.all([makeKey('key-1', 'ES256'), makeKey('key-2', 'ES256')]);
});

beforeEach(() => {
  clock = manualClock();
  issuer = published(policy.issuer);
  issuer.publish(key, other);
  start();
});

afterEach(() => verifier.close());

function start(bounds: CacheBounds = ROOMY, options: Partial<AuthOptions> = {}): void {
  verifier = makeVerifier(resolveAuth({ policy, ...options }), {
    clock,
    fetchJson: issuer.fetchJson,
    cache: new TokenCache(bounds),
  });
}

function sign(claims: JWTPayload = {}, by: TestKey = key, kid = by.id): Promise<string> {
  const now = clock.wall() / 1_000;
  return new SignJWT({
    iss: policy.issuer,
    aud: policy.audience,
    sub: 'user-1',
    scope: 'read:transactions',
    iat: now,
    exp: now + 900,
    ...claims,
  })
    .setProtectedHeader({ alg: 'ES256', kid, typ: 'at+jwt' })
    .sign(by.privateKey);
}

/** As a promise, whether the answer came at once or not. */
const verify = async (token: string): Promise<AuthContext> => verifier.verify(token);

/** Verifies a token as often as it takes to be remembered. */
async function seenTwice(token: string): Promise<AuthContext> {
  await verify(token);
  return verify(token);
}

/** A token that was verified anew has a new context; one from the cache has the one of before. */
const isRemembered = async (token: string, first: AuthContext): Promise<boolean> =>
  (await verify(token)) === first;

it('remembers a token that was found good twice', async () => {
  const token = await sign();
  const first = await verify(token);
  const second = await verify(token);
  expect(second).not.toBe(first);
  expect(await isRemembered(token, second)).toBe(true);
});

it('remembers a token that comes back after as many others as half the cache holds, and none after all it holds', async () => {
  start({ entries: 20, bytes: 1_000_000 });
  const [soon, late, ...others] = await Promise.all(
    Array.from({ length: 31 }, (_, index) => sign({ jti: `token-${index}` })),
  );
  if (soon === undefined || late === undefined) throw new Error('no tokens');
  await verify(late);
  await verify(soon);
  for (const token of others.slice(0, 9)) await verify(token);
  expect(await isRemembered(soon, await verify(soon))).toBe(true);
  for (const token of others.slice(9)) await verify(token);
  expect(await isRemembered(late, await verify(late))).toBe(false);
});

it('tells a token from another that ends alike', () => {
  const cache = new TokenCache(ROOMY);
  const contexts = [{} as AuthContext];
  const verified = { contexts, endsAtMs: Infinity, key: {} as SigningKey, keys: { vouchesFor: () => true } };
  const digest = cache.digestOf('its.own.signature');
  cache.set(digest, 17, verified);
  cache.set(digest, 17, verified);
  expect(cache.get(cache.digestOf('its.own.signature'), 0)).toBe(contexts);
  expect(cache.get(cache.digestOf('another.with-the-same.signature'), 0)).toBeUndefined();
});

it('computes one digest of a token, whether it is new or comes again', async () => {
  const digests = jest.spyOn(crypto, 'hash');
  const token = await sign();
  for (const times of [1, 2, 3]) {
    await verify(token);
    expect(digests).toHaveBeenCalledTimes(times);
  }
  digests.mockRestore();
});

it('remembers nothing of a token that was refused', async () => {
  const token = await sign({ nbf: clock.wall() / 1_000 + 60 });
  await expect(verify(token)).rejects.toMatchObject({ reason: 'not_yet_valid' });
  await clock.advance(MINUTE);
  await expect(verify(token)).resolves.toMatchObject({ subject: 'user-1' });
});

it('serves a token up to its last moment and not a millisecond longer', async () => {
  const token = await sign({ exp: clock.wall() / 1_000 + 100 });
  const first = await seenTwice(token);
  await clock.advance(104_999);
  expect(await isRemembered(token, first)).toBe(true);
  await clock.advance(1);
  await expect(verify(token)).rejects.toMatchObject({ reason: 'expired' });
});

it('forgets the tokens of a key that was withdrawn, and only those', async () => {
  const [gone, kept] = [await sign(), await sign({}, other)];
  const [, first] = [await seenTwice(gone), await seenTwice(kept)];
  issuer.publish(other);
  await clock.advance(4 * MINUTE);
  await expect(verify(gone)).rejects.toMatchObject({ reason: 'unknown_key' });
  expect(await isRemembered(kept, first)).toBe(true);
});

it('forgets the tokens of a key that was replaced under its name', async () => {
  const token = await sign();
  await seenTwice(token);
  issuer.publish({ ...other.publicJwk, kid: key.id });
  await clock.advance(4 * MINUTE);
  await expect(verify(token)).rejects.toMatchObject({ reason: 'bad_signature' });
});

it('forgets the tokens of a key that was published twice and then withdrawn', async () => {
  issuer.publish(key, key, other);
  start();
  const token = await sign();
  await seenTwice(token);
  issuer.publish(other);
  await clock.advance(4 * MINUTE);
  await expect(verify(token)).rejects.toMatchObject({ reason: 'unknown_key' });
});

describe('while the issuer is down', () => {
  it('serves for as long as the keys may serve, and refuses to judge after that', async () => {
    start(ROOMY, { policy: { ...policy, lifetimes: { ...policy.lifetimes, accessTokenSeconds: 7_200 } } });
    const token = await sign({ exp: clock.wall() / 1_000 + 7_200 });
    const first = await seenTwice(token);
    issuer.goDown();
    await clock.advance(59 * MINUTE);
    expect(await isRemembered(token, first)).toBe(true);
    await clock.advance(MINUTE);
    await expect(verify(token)).rejects.toMatchObject({ code: 'ERR_KEYS_UNAVAILABLE' });
  });

  it('asks for the keys first after the process was frozen', async () => {
    const token = await sign();
    await seenTwice(token);
    issuer.publish(other);
    clock.freeze(6 * MINUTE);
    await expect(verify(token)).rejects.toMatchObject({ reason: 'unknown_key' });
  });
});

describe('its bounds', () => {
  it('hold the tokens used last, by number', async () => {
    start({ entries: 2, bytes: 1_000_000 });
    const [a, b, c] = await Promise.all([sign({ jti: 'a' }), sign({ jti: 'b' }), sign({ jti: 'c' })]);
    const [firstA, firstB] = [await seenTwice(a), await seenTwice(b)];
    await verify(a);
    await seenTwice(c);
    expect(await isRemembered(a, firstA)).toBe(true);
    expect(await isRemembered(b, firstB)).toBe(false);
  });

  it('hold by memory too', async () => {
    const [small, large] = [await sign(), await sign({ padding: 'x'.repeat(2_000) })];
    start({ entries: 100, bytes: 512 + 2 * large.length });
    const firstSmall = await seenTwice(small);
    const firstLarge = await seenTwice(large);
    expect(await isRemembered(large, firstLarge)).toBe(true);
    expect(await isRemembered(small, firstSmall)).toBe(false);
  });

  it('leave out a token that is larger than all of it', async () => {
    start({ entries: 100, bytes: 600 });
    const token = await sign();
    expect(await isRemembered(token, await seenTwice(token))).toBe(false);
  });
});

it('gives the room of withdrawn tokens to others at once', async () => {
  start({ entries: 2, bytes: 1_000_000 });
  const [gone, kept] = [await sign(), await sign({}, other)];
  await seenTwice(gone);
  const first = await seenTwice(kept);
  await verify(gone);
  issuer.publish(other);
  await clock.advance(4 * MINUTE);
  await seenTwice(await sign({ jti: 'new' }, other));
  expect(await isRemembered(kept, first)).toBe(true);
});

it('can be turned off', async () => {
  const uncached = makeVerifier(resolveAuth({ policy, cache: false }), {
    clock,
    fetchJson: issuer.fetchJson,
  });
  const token = await sign();
  expect(await uncached.verify(token)).not.toBe(await uncached.verify(token));
  uncached.close();
});
