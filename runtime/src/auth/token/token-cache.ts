/**
 * Remembers verified tokens, so that a token that comes again costs a look-up and a digest. An entry is a decision
 * of the past: each time it is used, the clock and the issuer's keys are asked whether it still holds.
 *
 * A token is kept when it comes for the second time, unless so many others came in between that they would have
 * driven it out anyway. So a token that is used once takes nobody's place. Kept, it would live just long enough for
 * the garbage collector to move it twice and sweep it later.
 */
import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { AuthContext } from '../context';
import type { SigningKey } from '../keys/jwks';
import type { KeySet } from '../keys/key-set';

export interface CacheBounds {
  /** Tokens held at most. */
  readonly entries: number;
  /** Memory held at most, as estimated from the tokens' lengths. */
  readonly bytes: number;
}

/** A token that was verified, and the key that it was verified with. */
export interface VerifiedToken {
  /** Its caller, once for each organisation that it names; nearly always one. */
  readonly contexts: readonly AuthContext[];
  /** When it stops being accepted: milliseconds since 1970. */
  readonly endsAtMs: number;
  readonly key: SigningKey;
  /** The set that the key is from. */
  readonly keys: Pick<KeySet, 'vouchesFor'>;
}

/** Measured: the claims of tokens of 0.8 to 5 KB hold 1 to 1.6 bytes of heap for each character. */
const BYTES_A_CHARACTER = 2;
/** The digest, the entry itself and its place in the map. */
const BYTES_AN_ENTRY = 512;

/**
 * Least recently used tokens give way to new ones. The cache finds a token by its digest and holds nothing else of it,
 * so that a dump of the heap holds no tokens.
 */
export class TokenCache {
  readonly #verified: LRUCache<string, VerifiedToken>;
  readonly #seen: Recent;

  constructor({ entries, bytes }: CacheBounds) {
    this.#verified = new LRUCache({ max: entries, maxSize: bytes });
    this.#seen = new Recent(entries);
  }

  /** The name of a token in this cache: SHA-256, so that nobody can make a second token of the same name. */
  digestOf(token: string): string {
    return hash('sha256', token, 'base64');
  }

  /** Who the token's caller is, unless the token has expired or its key no longer counts. */
  get(digest: string, nowMs: number): VerifiedToken['contexts'] | undefined {
    const verified = this.#verified.get(digest);
    if (verified === undefined) return undefined;
    if (nowMs < verified.endsAtMs && verified.keys.vouchesFor(verified.key)) return verified.contexts;
    this.#verified.delete(digest);
    return undefined;
  }

  /**
   * Keeps a token that was just verified, if it was seen before.
   *
   * @param length of the token, in characters.
   */
  set(digest: string, length: number, verified: VerifiedToken): void {
    if (!this.#seen.again(digest)) return;
    const size = BYTES_AN_ENTRY + BYTES_A_CHARACTER * length;
    this.#verified.set(digest, verified, { size });
  }

  /** Forgets the tokens whose key was withdrawn: they can never be used again. */
  dropWithdrawn(): void {
    for (const [digest, { key }] of this.#verified.entries()) {
      if (key.withdrawn) this.#verified.delete(digest);
    }
  }
}

/** The digests that came last: `most` of them at most, and no fewer than half as many. */
class Recent {
  #latest = new Set<string>();
  #before = new Set<string>();

  constructor(readonly most: number) {}

  /** Whether the digest came before. From now on it has. */
  again(digest: string): boolean {
    if (this.#latest.has(digest) || this.#before.has(digest)) return true;
    if (2 * this.#latest.size >= this.most) {
      this.#before = this.#latest;
      this.#latest = new Set();
    }
    this.#latest.add(digest);
    return false;
  }
}
