import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readJwks } from '../../../../../runtime/src/auth/keys/jwks';

const rsaOf = (modulusLength: number): KeyObject => generateKeyPairSync('rsa', { modulusLength }).publicKey;
const jwk = (key: KeyObject, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  ...key.export({ format: 'jwk' }),
  kid: 'key-1',
  ...more,
});

const rsa = rsaOf(2_048);
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const good = jwk(ec.publicKey, { kid: 'good' });

/** The identifiers of the keys that were taken from a set with a good one in it. */
const taken = (...entries: readonly unknown[]): (string | undefined)[] =>
  readJwks({ keys: [...entries, good] }).map(({ id }) => id);

describe('a key set', () => {
  it('gives each key the algorithms that it fits', () => {
    const [first, second, third] = readJwks({
      keys: [jwk(rsa), good, jwk(generateKeyPairSync('ed25519').publicKey, { alg: 'Ed25519' })],
    });
    expect(first?.algorithms).toEqual(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']);
    expect(second?.algorithms).toEqual(['ES256']);
    expect(third?.algorithms).toEqual(['EdDSA']);
  });

  it('holds a key with alg to that algorithm', () => {
    expect(readJwks({ keys: [jwk(rsa, { alg: 'PS256' })] })[0]?.algorithms).toEqual(['PS256']);
  });

  it.each<[string, unknown]>([
    ['a symmetric key', { kty: 'oct', k: 'c2VjcmV0', kid: 'key-1' }],
    ['RSA of 1024 bits', jwk(rsaOf(1_024))],
    ['RSA of 2047 bits', jwk(rsaOf(2_047))],
    ['RSA whose exponent is one: anyone can sign', jwk(rsa, { e: 'AQ' })],
    ['RSA whose exponent is even', jwk(rsa, { e: 'Ag' })],
    ['RSA without a modulus', { kty: 'RSA', e: 'AQAB', kid: 'key-1' }],
    ['a key for encryption', jwk(ec.publicKey, { use: 'enc' })],
    ['a key for other operations', jwk(ec.publicKey, { key_ops: ['encrypt'] })],
    ['a key with operations of another shape', jwk(ec.publicKey, { key_ops: 'verify' })],
    ['a key whose alg does not fit it', jwk(ec.publicKey, { alg: 'RS256' })],
    ['a key whose alg is HS256', jwk(rsa, { alg: 'HS256' })],
    ['a key whose alg is none', jwk(rsa, { alg: 'none' })],
    ['a key whose alg is null', jwk(ec.publicKey, { alg: null })],
    ['a key whose kid is a number', jwk(ec.publicKey, { kid: 1 })],
    ['a point that is not on the curve', jwk(ec.publicKey, { x: 'AAAA' })],
    ['a point of another curve', jwk(ec.publicKey, { crv: 'P-384' })],
    [
      'the point at infinity',
      {
        ...good,
        kid: 'key-1',
        x: Buffer.alloc(32).toString('base64url'),
        y: Buffer.alloc(32).toString('base64url'),
      },
    ],
    ['secp256k1', jwk(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey)],
    ['Ed448', jwk(generateKeyPairSync('ed448').publicKey)],
    ['X25519', jwk(generateKeyPairSync('x25519').publicKey)],
    ['a kind that nobody knows', { kty: 'XYZ', kid: 'key-1' }],
    ['a number', 1],
    ['null', null],
    ['a text', 'key'],
    ['a list', [good]],
  ])('passes over %s and takes the others', (_name, entry) => {
    expect(taken(entry)).toEqual(['good']);
  });

  it('says what a key is for in letters of either case', () => {
    expect(taken(jwk(ec.publicKey, { use: 'SIG', kid: 'odd' }))).toEqual(['odd', 'good']);
  });

  it('may be long: a hundred and one keys are read', () => {
    const keys = Array.from({ length: 101 }, (_, at) => jwk(ec.publicKey, { kid: `key-${at}` }));
    expect(readJwks({ keys })).toHaveLength(101);
  });

  it('that leaks a private key puts none into the process', () => {
    const leaked = ec.privateKey.export({ format: 'jwk' });
    const [key] = readJwks({ keys: [{ ...leaked, kid: 'leaked' }] });
    expect(key?.key.type).toBe('public');
    expect(JSON.stringify(key)).not.toContain(leaked.d);
  });

  it.each<[string, unknown]>([
    ['no keys', {}],
    ['keys of another shape', { keys: { 0: good } }],
    ['null', null],
    ['a text', 'keys'],
    ['a list', [good]],
    ['not one usable key', { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] }],
    ['an empty list', { keys: [] }],
  ])('with %s is an issuer in trouble', (_name, document) => {
    expect(() => readJwks(document)).toThrow(/JWK set/);
  });
});
