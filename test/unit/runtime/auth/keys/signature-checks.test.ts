import { constants, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { ALGORITHMS, type Algorithm } from '../../../../../runtime/src/auth/keys/algorithms';
import type { SigningKey } from '../../../../../runtime/src/auth/keys/jwks';
import { SignatureChecks } from '../../../../../runtime/src/auth/keys/signature-checks';

const CURVES: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };
const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;
const ed = generateKeyPairSync('ed25519').privateKey;

const privateKeyFor = (algorithm: Algorithm): KeyObject => {
  const namedCurve = CURVES[algorithm];
  if (namedCurve !== undefined) return generateKeyPairSync('ec', { namedCurve }).privateKey;
  return algorithm === 'EdDSA' ? ed : rsa;
};

const signed = (algorithm: Algorithm, key: KeyObject, data: Buffer): Buffer => {
  const hash = algorithm === 'EdDSA' ? null : `sha${algorithm.slice(2)}`;
  const padding = algorithm.startsWith('PS')
    ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : {};
  return sign(hash, data, { key, dsaEncoding: 'ieee-p1363', ...padding });
};

const published = (algorithm: Algorithm, key: KeyObject): SigningKey => ({
  algorithms: [algorithm],
  key: createPublicKey(key),
  fingerprint: '',
  withdrawn: false,
});

const DATA = Buffer.from('header.payload');
/** Node's own, for tests that fake it. */
const { setImmediate: immediate } = globalThis;
const turn = (): Promise<void> => new Promise((resolve) => immediate(resolve));

const ec = privateKeyFor('ES256');
const signer = published('ES256', ec);
const good = signed('ES256', ec, DATA);
const bad = Buffer.alloc(64, 1);

afterEach(() => jest.useRealTimers());

it.each(ALGORITHMS)('%s: in place and by another thread, a signature is as good', async (algorithm) => {
  const key = privateKeyFor(algorithm);
  const other = algorithm.startsWith('ES') ? privateKeyFor(algorithm) : undefined;
  const keys = [...(other ? [published(algorithm, other)] : []), published(algorithm, key)];
  const signature = signed(algorithm, key, DATA);
  const cut = signature.subarray(1);
  const flipped = Buffer.from(signature);
  flipped.writeUInt8(flipped.readUInt8(5) ^ 1, 5);
  for (const before of [0, 1]) {
    const check = async (given: Buffer, data = DATA): Promise<unknown> => {
      await turn();
      const checks = new SignatureChecks();
      for (let at = 0; at < before; at += 1) void checks.signerOf([signer], 'ES256', DATA, good);
      const found = checks.signerOf(keys, algorithm, data, given);
      expect(found instanceof Promise).toBe(before === 1);
      return found;
    };
    expect(await check(signature)).toBe(keys.at(-1));
    for (const [given, data] of [
      [cut, DATA],
      [flipped, DATA],
      [Buffer.alloc(0), DATA],
      [signature, Buffer.from('header.other')],
    ] as const)
      await expect(check(given, data)).rejects.toMatchObject({ reason: 'bad_signature' });
  }
});

it.each(['PS256', 'PS384', 'PS512', 'RS256'] as const)(
  '%s: a signature without its leading zero is none, in place and by another thread',
  async (algorithm) => {
    const keys = [published(algorithm, rsa)];
    // One signature of 256 begins with a zero.
    let data = DATA;
    let signature = signed(algorithm, rsa, data);
    for (let nonce = 0; signature.readUInt8(0) !== 0; nonce += 1) {
      data = Buffer.from(`header.${nonce}`);
      signature = signed(algorithm, rsa, data);
    }
    const cut = signature.subarray(1);
    const checks = new SignatureChecks();
    const refusal = expect.objectContaining({ reason: 'bad_signature' }) as Error;
    expect(() => checks.signerOf(keys, algorithm, data, cut)).toThrow(refusal);
    await expect(checks.signerOf(keys, algorithm, data, cut)).rejects.toEqual(refusal);
  },
);

it.each([
  ['', () => undefined],
  [', although timers are faked', () => jest.useFakeTimers()],
])('one that comes alone is checked in place, in each turn anew%s', async (_although, prepare) => {
  prepare();
  const checks = new SignatureChecks();
  for (let at = 0; at < 3; at += 1) {
    expect(checks.signerOf([signer], 'ES256', DATA, good)).toBe(signer);
    await turn();
  }
  expect(() => checks.signerOf([signer], 'ES256', DATA, bad)).toThrow(
    expect.objectContaining({ reason: 'bad_signature' }) as Error,
  );
});

it('of many at once, 64 wait for the other threads, and the event loop checks the rest', async () => {
  const checks = new SignatureChecks();
  const found = Array.from({ length: 80 }, () => checks.signerOf([signer], 'ES256', DATA, good));
  const elsewhere = found.map((one) => one instanceof Promise);
  expect(elsewhere).toEqual([false, ...Array<boolean>(64).fill(true), ...Array<boolean>(15).fill(false)]);
  for (const one of found) expect(await one).toBe(signer);
  const again = [1, 2].map(() => checks.signerOf([signer], 'ES256', DATA, good));
  expect(again.some((one) => one instanceof Promise)).toBe(true);
  for (const one of again) expect(await one).toBe(signer);
});
