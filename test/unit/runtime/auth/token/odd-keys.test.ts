/** Key sets as some issuers publish them: two keys under one identifier, tokens that name no key. */
import type { JWK } from 'jose';
import { policy } from '../../../../../policy';
import type { AuthContext } from '../../../../../runtime/src/auth';
import { resolveAuth } from '../../../../../runtime/src/auth/options';
import { makeVerifier, type TokenVerifier } from '../../../../../runtime/src/auth/token/token-verifier';
import {
  startIssuer,
  makeKey,
  AUDIENCE,
  type TestIssuer,
  type TestKey,
} from '../../../../support/auth/issuer';
import { settled } from '../../../../support/clock';

let issuer: TestIssuer;
let old: TestKey;
let current: TestKey;
let foreign: TestKey;
let verifier: TokenVerifier;

beforeAll(async () => {
  issuer = await startIssuer();
  [old, current, foreign] = await Promise.all([makeKey('a'), makeKey('b'), makeKey('b')]);
});
afterAll(() => issuer.stop());
afterEach(() => verifier.close());

async function publish(...keys: readonly (TestKey | JWK)[]): Promise<void> {
  issuer.publish(...keys);
  verifier = makeVerifier(resolveAuth({ policy, issuer: issuer.url, audience: AUDIENCE }));
  await settled();
}

const verified = async (key: TestKey, header: Record<string, unknown> = {}): Promise<AuthContext> =>
  verifier.verify(await issuer.sign(issuer.claims(), key, header));

describe('two keys under one identifier, the old one first', () => {
  beforeEach(() => publish({ ...old.publicJwk, kid: 'b' }, current));

  it('both verify', async () => {
    await expect(verified(current)).resolves.toMatchObject({ issuer: issuer.url });
    await expect(verified(old, { kid: 'b' })).resolves.toMatchObject({ issuer: issuer.url });
  });

  it('a third one does not', async () => {
    await expect(verified(foreign)).rejects.toMatchObject({ reason: 'bad_signature' });
  });
});

describe('a token that names no key, while two are published', () => {
  beforeEach(() => publish(old, current));

  it('is verified by the one that signed it', async () => {
    await expect(verified(old, { kid: undefined })).resolves.toMatchObject({ issuer: issuer.url });
    await expect(verified(current, { kid: undefined })).resolves.toMatchObject({ issuer: issuer.url });
  });

  it('is refused if neither did', async () => {
    await expect(verified(foreign, { kid: undefined })).rejects.toMatchObject({ reason: 'bad_signature' });
  });
});

it('a set in which every key is odd in a way of its own spoils none of them', async () => {
  await publish(
    { ...old.publicJwk, use: 'SIG' },
    { kty: 'XYZ', kid: 'b' },
    { ...foreign.publicJwk, kid: 'b', use: 'enc' },
    current,
  );
  await expect(verified(old)).resolves.toMatchObject({ issuer: issuer.url });
  await expect(verified(current)).resolves.toMatchObject({ issuer: issuer.url });
  await expect(verified(foreign)).rejects.toMatchObject({ reason: 'bad_signature' });
});
