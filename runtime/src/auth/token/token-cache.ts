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
  readonly auth: AuthContext;
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

interface Entry extends VerifiedToken {
  readonly digest: string;
}

/**
 * Least recently used tokens give way to new ones. The cache holds digests, so that a dump of the heap holds no
 * tokens. It looks an entry up by a short mark, so that most new tokens need no digest, and then compares digests.
 */
export class TokenCache {
  readonly #verified: LRUCache<number, Entry>;
  readonly #seen: Recent;

  constructor({ entries, bytes }: CacheBounds) {
    this.#verified = new LRUCache({ max: entries, maxSize: bytes });
    this.#seen = new Recent(entries);
  }

  /** Who the token's caller is, unless the token has expired or its key no longer counts. */
  get(token: string, nowMs: number): AuthContext | undefined {
    const mark = markOf(token);
    const verified = this.#verified.get(mark);
    if (verified === undefined) return undefined;
    if (verified.digest !== digestOf(token)) return undefined;
    if (nowMs < verified.endsAtMs && verified.keys.vouchesFor(verified.key)) return verified.auth;
    this.#verified.delete(mark);
    return undefined;
  }

  /** Keeps a token that was just verified, if it was seen before. */
  set(token: string, verified: VerifiedToken): void {
    const mark = markOf(token);
    if (!this.#seen.again(mark)) return;
    const size = BYTES_AN_ENTRY + BYTES_A_CHARACTER * token.length;
    this.#verified.set(mark, { ...verified, digest: digestOf(token) }, { size });
  }

  /** Forgets the tokens whose key was withdrawn: they can never be used again. */
  dropWithdrawn(): void {
    for (const [mark, { key }] of this.#verified.entries()) {
      if (key.withdrawn) this.#verified.delete(mark);
    }
  }
}

/** SHA-256: nobody can make a second token of the same digest. */
function digestOf(token: string): string {
  return hash('sha256', token, 'base64');
}

/** How many of a token's last characters make its mark. They belong to the signature, so they differ. */
const MARKED_BY = 6;

/**
 * A number that differs for most tokens. Of two tokens with the same mark only one is remembered. Nobody can bring
 * that about on purpose, for nobody can choose a token's signature.
 */
function markOf(token: string): number {
  let mark = 0;
  for (let at = token.length - MARKED_BY; at < token.length; at += 1)
    mark = (mark << 5) ^ token.charCodeAt(at) ^ (mark >>> 27);
  return mark;
}

/**
 * The marks that came last: `most` of them at most, and no fewer than half as many. It holds numbers only, which cost
 * the garbage collector nothing.
 */
class Recent {
  #latest = new Set<number>();
  #before = new Set<number>();

  constructor(readonly most: number) {}

  /** Whether the mark came before. From now on it has. */
  again(mark: number): boolean {
    if (this.#latest.has(mark) || this.#before.has(mark)) return true;
    if (2 * this.#latest.size >= this.most) {
      this.#before = this.#latest;
      this.#latest = new Set();
    }
    this.#latest.add(mark);
    return false;
  }
}
