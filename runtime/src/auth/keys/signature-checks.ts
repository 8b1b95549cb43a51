/**
 * Where signatures are checked. One that comes alone is checked in place: to hand it to another thread would take longer.
 * Where several come in one turn of the event loop, all but the first are checked by Node's pool of threads, while
 * the event loop serves others. The pool has four threads, which files and DNS need as well: when enough wait for it, the
 * event loop takes its share again.
 */
import { ownImmediate } from '../../time/own-timers';
import { TokenError } from '../errors';
import { checkSignature, verifySignature, type Algorithm } from './algorithms';
import type { SigningKey } from './jwks';

/** About two milliseconds of the pool's time: whoever needs it for a file waits no longer than that. */
const MOST_WAITING = 64;

export class SignatureChecks {
  #inThisTurn = 0;
  #waiting = 0;

  /**
   * The key with which the data was signed: at once, or a promise where another thread looks.
   *
   * @throws TokenError if it is none of these. It is thrown, or the promise rejects with it.
   */
  signerOf(
    keys: readonly SigningKey[],
    algorithm: Algorithm,
    data: Buffer,
    signature: Buffer,
  ): SigningKey | Promise<SigningKey> {
    if (this.#isAlone() || this.#waiting >= MOST_WAITING)
      return signedBy(keys.find(({ key }) => verifySignature(algorithm, key, data, signature)));
    return this.#elsewhere(keys, algorithm, data, signature);
  }

  #isAlone(): boolean {
    if (this.#inThisTurn === 0) ownImmediate(() => (this.#inThisTurn = 0));
    this.#inThisTurn += 1;
    return this.#inThisTurn === 1;
  }

  async #elsewhere(
    keys: readonly SigningKey[],
    algorithm: Algorithm,
    data: Buffer,
    signature: Buffer,
  ): Promise<SigningKey> {
    this.#waiting += 1;
    try {
      for (const candidate of keys)
        if (await checkSignature(algorithm, candidate.key, data, signature)) return candidate;
    } finally {
      this.#waiting -= 1;
    }
    return signedBy(undefined);
  }
}

function signedBy(signer: SigningKey | undefined): SigningKey {
  if (signer === undefined) throw new TokenError('bad_signature', 'the signature does not match');
  return signer;
}
