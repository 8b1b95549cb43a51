/**
 * Tokens that were verified, so that one that returns costs a digest and a look-up. What is kept is a
 * decision of the past: each time it is used, the clock and the issuer's keys are asked whether it still holds.
 *
 * A token is kept from the second time on that it comes, as long as no more others come in between than would
 * drive it out again anyway. Tokens that are used once then take no one's place: kept, each would live just long
 * enough for the garbage collector to move it twice and sweep it later.
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

/** A token found good, and on whose word. */
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

/** Least recently used tokens give way to new ones. Holds digests, so that a dump of the heap is no bag of tokens. */
export class TokenCache {
  readonly #verified: LRUCache<string, VerifiedToken>;
  readonly #seen: Recent;

  constructor({ entries, bytes }: CacheBounds) {
    this.#verified = new LRUCache({ max: entries, maxSize: bytes });
    this.#seen = new Recent(entries);
  }

  /** What a token is called in here. SHA-256: nobody can make a second token of the same name. */
  nameOf(token: string): string {
    return hash('sha256', token, 'base64');
  }

  /** What is known of the token, unless it has ended or its key no longer counts. */
  get(name: string, nowMs: number): AuthContext | undefined {
    const verified = this.#verified.get(name);
    if (verified === undefined) return undefined;
    if (nowMs < verified.endsAtMs && verified.keys.vouchesFor(verified.key)) return verified.auth;
    this.#verified.delete(name);
    return undefined;
  }

  /** Keeps a token that was just found good, if it was seen before. */
  set(name: string, tokenLength: number, verified: VerifiedToken): void {
    if (!this.#seen.again(name)) return;
    this.#verified.set(name, verified, { size: BYTES_AN_ENTRY + BYTES_A_CHARACTER * tokenLength });
  }

  /** Frees what can never be used again: tokens whose key was withdrawn. */
  dropWithdrawn(): void {
    for (const [name, { key }] of this.#verified.entries()) {
      if (key.withdrawn) this.#verified.delete(name);
    }
  }
}

/** Characters of a name that tell it from others here: two names that agree in them cost an entry, no more. */
const TOLD_BY = 6;

/** The names that came last: half as many as a number, and at most so many. Holds numbers, so that nothing is collected. */
class Recent {
  #latest = new Set<number>();
  #before = new Set<number>();

  constructor(readonly most: number) {}

  /** Whether the name is one of them, which from now on it is. */
  again(name: string): boolean {
    let mark = 0;
    for (let at = 0; at < TOLD_BY; at += 1) mark = (mark << 5) ^ name.charCodeAt(at) ^ (mark >>> 27);
    if (this.#latest.has(mark) || this.#before.has(mark)) return true;
    if (2 * this.#latest.size >= this.most) {
      this.#before = this.#latest;
      this.#latest = new Set();
    }
    this.#latest.add(mark);
    return false;
  }
}
