import { within, type Clock } from '../../time/clock';
import type { Generation } from './consumer';
import { deadlineOf, type Lent } from './credential';

/** A credential, and what works with it. */
export interface Serving<L extends Lent = Lent> {
  readonly credential: L;
  readonly generation: Generation;
}

/** The end of what served, in the order that loses no work: drain → close → revoke. */
export class Retirement {
  /** Resolves when its connections are closed. Never rejects. */
  readonly #closed: Promise<void>;
  /** Resolves when the first attempt to revoke is over as well. Never rejects. */
  readonly done: Promise<void>;
  #hurry = (): void => undefined;

  /** @param boundMs longest drain; it never goes on beyond the credential's deadline. */
  constructor(
    private readonly clock: Clock,
    serving: Serving,
    boundMs: number,
    revoke: (credential: Lent) => Promise<void>,
  ) {
    this.#closed = this.#close(serving, boundMs);
    this.done = this.#closed.then(() => revoke(serving.credential));
  }

  /** Resolves when its connections are closed: what is not drained within the bound is cut off. */
  async closedWithin(boundMs: number): Promise<void> {
    if (!(await within(this.clock, boundMs, this.#closed))) this.#hurry();
    await this.#closed;
  }

  async #close({ credential, generation }: Serving, boundMs: number): Promise<void> {
    const bound = Math.max(0, Math.min(boundMs, deadlineOf(credential) - this.clock.monotonic()));
    const hurried = new Promise<void>((resolve) => (this.#hurry = resolve));
    await Promise.race([generation.drain(bound), hurried]);
    await generation.close();
  }
}
