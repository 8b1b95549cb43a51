import { Listeners, type Listener } from '../../listener';
import { pause, type Clock } from '../../time/clock';
import { SecretsError } from '../errors';
import type { Consumer, Generation, Lender } from './consumer';
import type { Leased } from './credential';

/** What listeners of `onRotate()` are given. */
export interface Rotated<T> {
  /** What to use from now on. */
  readonly current: T;
  /** What was used before: it works for `graceSeconds` more, then it is revoked. */
  readonly previous: T;
}

/**
 * Something that Vault leases, followed over its rotations: a user and a password, cloud keys, a certificate. Read
 * `current` at each use, or listen by `onRotate()`. How to swap: open with `current`, and close what was opened with
 * `previous` within `graceSeconds`; the next rotation does not start before that.
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

  /** What Vault leased last. @throws SecretsError `ERR_CREDENTIAL_EXPIRED`, `ERR_SECRETS_CLOSED` */
  get current(): T {
    if (this.#serving) return this.#serving.value;
    throw this.#over ?? new SecretsError('ERR_CREDENTIAL_UNAVAILABLE', `${this.role} is not lent yet`);
  }

  /**
   * Calls a listener at every rotation, once `current` has changed.
   *
   * @param listener may be async; if it fails, the process emits a warning, and nothing else changes.
   * @returns a function that removes the listener.
   */
  onRotate(listener: Listener<Rotated<T>>): () => void {
    return this.#rotations.add(listener);
  }

  /**
   * Call this when a server refuses `current`, because somebody else has revoked it. It resolves once there is another.
   *
   * @throws SecretsError if none can be obtained now.
   */
  async refused(): Promise<void> {
    const user = this.#serving?.user;
    if (user !== undefined) await this.lender.refused(user);
    await this.lender.ready();
  }

  /** Revokes the lease. Never rejects. */
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
