import { sign } from 'node:crypto';
import { partsOf, signer, type Forge, type SigningPair } from '../../support/attack/forge';
import { tokens } from './case';

/** The order of the group that P-256 signatures are made in (FIPS 186-5, SP 800-186 §3.2.1.3). */
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
/** The order of Ed25519's group (RFC 8032 §5.1). */
const ED25519_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

/** A good token with its signature's bytes changed. */
const changed =
  (by: (forge: Forge) => SigningPair, change: (signature: Buffer) => Buffer) => (forge: Forge) => {
    const pair = by(forge);
    return forge.token({ sign: (signed) => change(Buffer.from(signer(pair)(signed))) }, pair);
  };
const rsa = (change: (signature: Buffer) => Buffer) => changed((forge) => forge.rsa, change);
const ec = (change: (signature: Buffer) => Buffer) => changed((forge) => forge.ec, change);
const ed = (change: (signature: Buffer) => Buffer) => changed((forge) => forge.ed, change);

const numberOf = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex')}`);
const bytesOf = (value: bigint, length: number): Buffer =>
  Buffer.from(value.toString(16).padStart(length * 2, '0'), 'hex');
const rs = (r: bigint, s: bigint): Buffer => Buffer.concat([bytesOf(r, 32), bytesOf(s, 32)]);

export const signatures = [
  ...tokens('bad_signature', {
    'RS256: one bit flipped': rsa((bytes) => bytes.fill(bytes[0]! ^ 1, 0, 1)),
    'RS256: one byte short': rsa((bytes) => bytes.subarray(0, -1)),
    'RS256: one byte long': rsa((bytes) => Buffer.concat([bytes, Buffer.alloc(1)])),
    'RS256: a zero before it': rsa((bytes) => Buffer.concat([Buffer.alloc(1), bytes])),
    'RS256: all zeros': rsa((bytes) => Buffer.alloc(bytes.length)),
    'RS256: the number one': rsa((bytes) => bytesOf(1n, bytes.length)),
    'RS256: one byte': rsa(() => Buffer.alloc(1)),
    'RS256: the modulus added': plusModulus,
    'RS256: of another token': (forge) => {
      const [header, claims] = partsOf(forge.claims({ sub: 'admin' }));
      return [header, claims, partsOf(forge.token())[2]].join('.');
    },
    'RS256: of the payload alone': (forge) =>
      forge.token({
        sign: (signed) => sign('sha256', Buffer.from(signed.split('.')[1]!), forge.rsa.privateKey),
      }),
    'RS256: of a token with other header parameters': (forge) => {
      const [, claims, signature] = partsOf(forge.token());
      return [partsOf(forge.header({ typ: 'application/at+jwt' }))[0], claims, signature].join('.');
    },
    'ES256: in DER': (forge) =>
      forge.token({ sign: (signed) => sign('sha256', Buffer.from(signed), forge.ec.privateKey) }, forge.ec),
    'ES256: r and s zero': ec(() => rs(0n, 0n)),
    'ES256: r zero': ec((bytes) => rs(0n, numberOf(bytes.subarray(32)))),
    'ES256: s zero': ec((bytes) => rs(numberOf(bytes.subarray(0, 32)), 0n)),
    'ES256: r and s one': ec(() => rs(1n, 1n)),
    'ES256: r the order': ec((bytes) => rs(P256_ORDER, numberOf(bytes.subarray(32)))),
    'ES256: r and s the order': ec(() => rs(P256_ORDER, P256_ORDER)),
    'ES256: all ones': ec(() => Buffer.alloc(64, 0xff)),
    'ES256: one byte short': ec((bytes) => bytes.subarray(0, 63)),
    'ES256: one byte long': ec((bytes) => Buffer.concat([bytes, Buffer.alloc(1)])),
    'ES256: r and s exchanged': ec((bytes) => Buffer.concat([bytes.subarray(32), bytes.subarray(0, 32)])),
    'EdDSA: all zeros': ed(() => Buffer.alloc(64)),
    'EdDSA: the order added to S': ed((bytes) => {
      const s = numberOf(Buffer.from(bytes.subarray(32)).reverse()) + ED25519_ORDER;
      return Buffer.concat([bytes.subarray(0, 32), bytesOf(s, 32).reverse()]);
    }),
    'EdDSA: the neutral point': ed(() => Buffer.concat([Buffer.from([1]), Buffer.alloc(63)])),
    'EdDSA: one byte long': ed((bytes) => Buffer.concat([bytes, Buffer.alloc(1)])),
  }),

  ...tokens('let_in', {
    'RS256, as it should be': rsa((bytes) => bytes),
    'ES256, as it should be': ec((bytes) => bytes),
    'EdDSA, as it should be': ed((bytes) => bytes),
    // ECDSA gives every signature a twin, and issuers send either: it signs the same claims, no others.
    'ES256: the twin with the other s': ec((bytes) =>
      rs(numberOf(bytes.subarray(0, 32)), P256_ORDER - numberOf(bytes.subarray(32))),
    ),
  }),
];

/** The same number modulo n: RFC 8017 §8.2.2 refuses what is not below it. */
function plusModulus(forge: Forge): string {
  const { n } = forge.rsa.publicKey.export({ format: 'jwk' });
  const modulus = numberOf(Buffer.from(n ?? '', 'base64url'));
  for (let attempt = 0; ; attempt += 1) {
    const token = forge.claims({ jti: `token-${attempt}` });
    const [header, claims, signature] = partsOf(token);
    const sum = numberOf(Buffer.from(signature, 'base64url')) + modulus;
    if (sum < 2n ** 2048n) return [header, claims, bytesOf(sum, 256).toString('base64url')].join('.');
  }
}
