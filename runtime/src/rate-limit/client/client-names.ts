import { hash } from 'node:crypto';
import { isFrozenContext, type AuthContext } from '../../auth/context';

/** At most this many hashes are kept, so that a busy address is hashed once. */
const REMEMBERED = 4_096;
/** A longer value is hashed each time: a client can send an account of any length, and memory has to be bounded. */
const LONGEST_REMEMBERED = 256;

/**
 * Names the clients that costs are charged to. A name is a hash: of fixed length whatever a token holds,
 * and nobody's identity in Redis.
 */
export class ClientNames {
  readonly #callers = new WeakMap<object, string>();
  readonly #others = new Map<string, string>();

  /** @param scope what the limits belong to, as the policy's name: APIs that share a Redis share no quota. */
  constructor(readonly scope: string) {}

  /** A token's caller: its organisation, else its subject, within its issuer. */
  ofCaller(auth: Pick<AuthContext, 'issuer' | 'subject' | 'organisation' | 'claims'>): string {
    let name = this.#callers.get(auth);
    if (name === undefined) {
      const { issuer, subject, organisation } = auth;
      name =
        organisation === undefined
          ? this.#hash('subject', issuer, subject)
          : this.ofOrganisation(issuer, organisation);
      if (isFrozenContext(auth)) this.#callers.set(auth, name);
    }
    return name;
  }

  ofOrganisation(issuer: string, organisation: string): string {
    return this.#hash('organisation', issuer, organisation);
  }

  /** Anything else that has a limit: `kind` keeps networks, accounts and the like apart. */
  of(kind: string, value: string): string {
    if (value.length > LONGEST_REMEMBERED) return this.#hash(kind, value);
    const identity = `${kind} ${value}`;
    let name = this.#others.get(identity);
    if (name === undefined) {
      if (this.#others.size >= REMEMBERED) this.#others.clear();
      name = this.#hash(kind, value);
      this.#others.set(identity, name);
    }
    return name;
  }

  /** 132 bits: no two clients get the same name, by chance or by intent. */
  #hash(...parts: string[]): string {
    return hash('sha256', JSON.stringify([this.scope, ...parts]), 'base64url').slice(0, 22);
  }
}
