/**
 * Makes tokens, good and hostile, from raw parts: nothing here refuses to sign what no library would.
 * A hostile token is a good one with one thing changed, so that only the check in question can refuse it.
 */
import {
  constants,
  createHmac,
  generateKeyPairSync,
  sign as signBytes,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';

export interface SigningPair {
  readonly id: string;
  readonly algorithm: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** A part of a token: a value to be written as JSON, its exact bytes, or text that is already encoded. */
export type Part = Readonly<Record<string, unknown>> | Buffer | string;

export type Signer = (signed: string) => Buffer | string;

/** Changes to a good token's parts; `undefined` takes a member out. A Buffer or text replaces the whole part. */
export interface Change {
  readonly header?: Part;
  readonly claims?: Part;
  readonly sign?: Signer;
}

export class Forge {
  /** The issuer publishes these three. */
  readonly rsa = rsaPair('rsa-1');
  readonly ec = pair('ec-1', 'ES256', () => generateKeyPairSync('ec', { namedCurve: 'P-256' }));
  readonly ed = pair('ed-1', 'EdDSA', () => generateKeyPairSync('ed25519'));
  #attacker: SigningPair | undefined;

  constructor(
    readonly issuer: string,
    readonly audience: string,
    /** Seconds since 1970: the moment at which every token is judged. */
    readonly now: number,
  ) {}

  /** Nobody publishes this one. Made when it is asked for: an RSA key takes its time, and most tests forge without it. */
  get attacker(): SigningPair {
    return (this.#attacker ??= rsaPair('evil-1'));
  }

  get published(): JsonWebKey[] {
    return [this.rsa, this.ec, this.ed].map((key) => ({
      ...key.publicKey.export({ format: 'jwk' }),
      kid: key.id,
      alg: key.algorithm,
      use: 'sig',
    }));
  }

  /** A good token, but for the change. */
  token(change: Change = {}, by: SigningPair = this.rsa): string {
    const header = part(change.header, { alg: by.algorithm, kid: by.id, typ: 'at+jwt' });
    const claims = part(change.claims, this.#claims());
    const signed = `${header}.${claims}`;
    const signature = (change.sign ?? signer(by))(signed);
    return `${signed}.${typeof signature === 'string' ? signature : signature.toString('base64url')}`;
  }

  claims(claims: Readonly<Record<string, unknown>>): string {
    return this.token({ claims });
  }

  header(header: Readonly<Record<string, unknown>>): string {
    return this.token({ header });
  }

  /** With the claims as text, for what no JSON writer would write: each replacement is made in the text. */
  rawClaims(...replacements: readonly (readonly [from: string, to: string])[]): string {
    return this.token({ claims: replaced(this.#claims(), replacements) });
  }

  rawHeader(...replacements: readonly (readonly [from: string, to: string])[]): string {
    const header = { alg: 'RS256', kid: this.rsa.id, typ: 'at+jwt' };
    return this.token({ header: replaced(header, replacements) });
  }

  #claims(): Record<string, unknown> {
    return {
      iss: this.issuer,
      aud: this.audience,
      sub: 'user-1',
      client_id: 'client-1',
      org_id: 'org-1',
      tier: 'pro',
      scope: 'read:transactions write:transactions',
      iat: this.now,
      exp: this.now + 900,
      jti: 'token-1',
    };
  }
}

export const encode = (text: string | Buffer): string => Buffer.from(text).toString('base64url');

/** The three parts of a token. */
export function partsOf(token: string): [header: string, claims: string, signature: string] {
  const [header = '', claims = '', signature = ''] = token.split('.');
  return [header, claims, signature];
}

export const hmac =
  (hash: string, secret: string | Buffer): Signer =>
  (signed) =>
    createHmac(hash, secret).update(signed).digest();

/** Signs as the pair's algorithm says. */
export function signer({ algorithm, privateKey }: SigningPair): Signer {
  switch (algorithm) {
    case 'ES256':
      return (signed) =>
        signBytes('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    case 'EdDSA':
      return (signed) => signBytes(null, Buffer.from(signed), privateKey);
    default:
      return (signed) => signBytes('sha256', Buffer.from(signed), privateKey);
  }
}

export const pss =
  ({ privateKey }: SigningPair): Signer =>
  (signed) =>
    signBytes('sha256', Buffer.from(signed), {
      key: privateKey,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    });

/** A public key as a file holds it. */
export function pem(key: KeyObject, type: 'spki' | 'pkcs1' = 'spki'): string {
  return key.export({ format: 'pem', type }).toString();
}

const rsaPair = (id: string): SigningPair =>
  pair(id, 'RS256', () => generateKeyPairSync('rsa', { modulusLength: 2048 }));

function pair(
  id: string,
  algorithm: string,
  generate: () => { privateKey: KeyObject; publicKey: KeyObject },
): SigningPair {
  return { id, algorithm, ...generate() };
}

function part(change: Part | undefined, good: Record<string, unknown>): string {
  if (typeof change === 'string') return change;
  return encode(Buffer.isBuffer(change) ? change : JSON.stringify({ ...good, ...change }));
}

function replaced(
  value: Record<string, unknown>,
  replacements: readonly (readonly [from: string, to: string])[],
): Buffer {
  const text = replacements.reduce((json, [from, to]) => {
    if (!json.includes(from)) throw new Error(`nothing to replace: ${from}`);
    return json.replace(from, () => to);
  }, JSON.stringify(value));
  return Buffer.from(text, 'latin1');
}
