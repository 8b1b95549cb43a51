import type { Clock } from '../../time/clock';
import type { EmitEvent } from '../events';
import type { Consumer } from './consumer';
import { deadlineOf, type CredentialSource, type Lent } from './credential';
import { Retirement, type Serving } from './retirement';
import type { Revocations } from './revocations';

export interface ChangeoverOptions<L extends Lent> {
  readonly source: CredentialSource<L>;
  readonly clock: Clock;
  readonly emit: EmitEvent;
  readonly revocations: Revocations;
}

/**
 * Makes what serves, and ends it: the steps of a rotation before the swap (lease → connect and probe) and after it
 * (drain → close → revoke). There are never three generations at once, because the budget of connections counts two.
 */
export class Changeover<L extends Lent> {
  #retirement: Retirement | undefined;

  constructor(
    private readonly options: ChangeoverOptions<L>,
    private readonly consumer: Consumer<L>,
  ) {}

  /** Resolves when what was retired is closed and revoked. Never rejects. */
  get retired(): Promise<void> {
    return this.#retirement?.done ?? Promise.resolve();
  }

  /**
   * A new credential, with a consumer that can work with it.
   *
   * @param current what serves meanwhile. A drain that would still be going on at its deadline is cut short.
   * @throws what the lender or the server said; a credential that cannot be used is given back before.
   */
  async prepare(current: Lent | undefined): Promise<Serving<L>> {
    await this.#retirement?.closedWithin(this.#leftOf(current) / 2);
    const credential = await this.options.source.obtain();
    try {
      return { credential, generation: await this.consumer.prepare(credential, this.#leftOf(current)) };
    } catch (error) {
      await this.#revoke(credential);
      throw error;
    }
  }

  /** Ends what was prepared and never served. Never rejects. */
  async discard({ credential, generation }: Serving): Promise<void> {
    await generation.close();
    await this.#revoke(credential);
  }

  /** Ends what served: drain → close → revoke. */
  retire(serving: Serving, boundMs: number): void {
    this.#retirement = new Retirement(this.options.clock, serving, boundMs, (credential) =>
      this.#revoke(credential),
    );
  }

  /** Ends what served last, and what was still being ended. Never rejects. */
  async finish(last: Serving | undefined, boundMs: number): Promise<void> {
    const ending = [this.#retirement];
    if (last) {
      this.retire(last, boundMs);
      ending.push(this.#retirement);
    }
    const ends = ending.map(async (retirement) => {
      await retirement?.closedWithin(boundMs);
      await retirement?.done;
    });
    await Promise.all(ends);
  }

  #leftOf(credential: Lent | undefined): number {
    return credential ? Math.max(0, deadlineOf(credential) - this.options.clock.monotonic()) : 0;
  }

  async #revoke(credential: Lent): Promise<void> {
    const { emit, source, revocations } = this.options;
    const { user, giveBack } = credential;
    if (giveBack === undefined) return;
    const about = { source: source.kind, role: source.role, user };
    await revocations.revoke({
      giveBack,
      endsAt: () => deadlineOf(credential),
      onAttempt: (failure) =>
        emit(
          failure
            ? { type: 'revocation_failed', ...about, code: failure.code }
            : { type: 'credential_revoked', ...about },
        ),
    });
  }
}
