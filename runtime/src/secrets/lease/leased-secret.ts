import { Listeners, type Listener } from '../../listener';
import { pause, type Clock } from '../../time/clock';
import { SecretsError } from '../errors';
import type { Consumer, Generation, Lender } from './consumer';
import type { Leased } from './credential';

/** What `onRotate` tells. */
export interface Rotated<T> {
  /** What serves from now on. */
  readonly current: T;
  /** What served before; it goes on working for `graceSeconds`, then it is revoked. */
  readonly previous: T;
}

/**
 * Something that Vault lends for a time, followed over its rotations: a user and a password, keys of a cloud, a
 * certificate. Ask for `current` whenever it is used, or be told by `onRotate()`. The rule for swapping: open with
 * `current`, close what was opened with `previous` within `graceSeconds`; no rotation comes before that time is over.
 */
export class LeasedSecret<T> implements Consumer<Leased<T>> {
  readonly #rotations = new Listeners<Rotated<T>>('onRotate');
  #serving: Leased<T> | undefined;
  #over: SecretsError | undefined;

  constructor(
    private readonly lender: Lender,
    private readonly clock: Clock,
    private readonly role: string,
  ) {}

  /** What Vault has lent. @throws SecretsError `ERR_CREDENTIAL_EXPIRED`, `ERR_SECRETS_CLOSED` */
  get current(): T {
    if (this.#serving) return this.#serving.value;
    throw this.#over ?? new SecretsError('ERR_CREDENTIAL_UNAVAILABLE', `${this.role} is not lent yet`);
  }

  /**
   * Tells of every rotation, after `current` has changed; returns a function that stops it.
   *
   * @param listener may be async; its failures are warnings of the process and change nothing.
   */
  onRotate(listener: Listener<Rotated<T>>): () => void {
    return this.#rotations.add(listener);
  }

  /**
   * To be called when a server does not take `current` any more, because somebody else has revoked it. Resolves when
   * another one serves.
   *
   * @throws SecretsError when none can be had now.
   */
  async refused(): Promise<void> {
    const user = this.#serving?.user;
    if (user !== undefined) await this.lender.refused(user);
    await this.lender.ready();
  }

  /** Gives it back. Never rejects. */
  async close(): Promise<void> {
    await this.lender.close(0);
    this.#end('ERR_SECRETS_CLOSED', 'was closed');
  }

  /** Nothing is to be tried here: only whoever uses it knows how. */
  prepare(leased: Leased<T>): Promise<Generation> {
    const closed = new AbortController();
    return Promise.resolve({
      activate: () => {
        const before = this.#serving;
        this.#serving = leased;
        if (before) this.#rotations.tell({ current: leased.value, previous: before.value });
      },
      // At the end nobody swaps any more.
      drain: (graceMs) =>
        this.#serving === leased ? Promise.resolve() : pause(this.clock, graceMs, closed.signal),
      close: () => {
        // A shutdown cuts the grace short; its timer would keep the process.
        closed.abort();
        if (this.#serving === leased) this.#end('ERR_SECRETS_CLOSED', 'was closed');
        return Promise.resolve();
      },
    });
  }

  expire(): void {
    this.#end('ERR_CREDENTIAL_EXPIRED', 'reached its deadline and could not be replaced');
  }

  #end(code: 'ERR_SECRETS_CLOSED' | 'ERR_CREDENTIAL_EXPIRED', what: string): void {
    this.#serving = undefined;
    this.#over = new SecretsError(code, `the lease of ${this.role} ${what}`);
  }
}
