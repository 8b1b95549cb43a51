import { hkdfSync } from 'node:crypto';
import { loadJose } from '../load-jose';

/** RFC 7518 §4.5 and §5.3. Both are pinned: a text cannot choose how it is opened. */
const HEADER = { alg: 'dir', enc: 'A256GCM' } as const;
const ACCEPTED = { keyManagementAlgorithms: [HEADER.alg], contentEncryptionAlgorithms: [HEADER.enc] };

/**
 * Seals values so that a browser can keep them, without reading or changing them (JWE compact serialization,
 * RFC 7516 §3.1). The first secret seals; all of them open, so that a secret can be replaced while browsers still
 * hold what it sealed.
 */
export class Sealer {
  readonly #secrets: () => readonly string[];
  #derived: ReadonlyMap<string, Uint8Array> = new Map();

  /**
   * @param secrets as they are, or a function that is asked for them at each use.
   * @param purpose keeps texts apart: what was sealed for one opens for no other (HKDF's info, RFC 5869 §3.2).
   */
  constructor(
    secrets: readonly string[] | (() => readonly string[]),
    private readonly purpose: string,
  ) {
    this.#secrets = typeof secrets === 'function' ? secrets : () => secrets;
  }

  seal(value: unknown): Promise<string> {
    const [key = new Uint8Array()] = this.#keys();
    const content = new TextEncoder().encode(JSON.stringify(value));
    return new (loadJose().CompactEncrypt)(content).setProtectedHeader(HEADER).encrypt(key);
  }

  /** The value, or `undefined` for anything that was not sealed with one of the secrets for this purpose. */
  async open(text: string): Promise<unknown> {
    for (const key of this.#keys()) {
      try {
        const { plaintext } = await loadJose().compactDecrypt(text, key, ACCEPTED);
        return JSON.parse(new TextDecoder().decode(plaintext)) as unknown;
      } catch {
        // Sealed with another secret, or not by us.
      }
    }
    return undefined;
  }

  /** Each key is derived once. Those of secrets that are no longer given are forgotten. */
  #keys(): readonly Uint8Array[] {
    const secrets = this.#secrets();
    const known = this.#derived;
    if (secrets.length !== known.size || secrets.some((secret) => !known.has(secret))) {
      this.#derived = new Map(secrets.map((secret) => [secret, known.get(secret) ?? this.#derive(secret)]));
    }
    return secrets.map((secret) => this.#derived.get(secret) ?? this.#derive(secret));
  }

  #derive(secret: string): Uint8Array {
    return new Uint8Array(hkdfSync('sha256', secret, '', this.purpose, 32));
  }
}
