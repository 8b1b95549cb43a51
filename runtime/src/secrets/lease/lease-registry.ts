import { SecretsError } from '../errors';
import type { Session } from '../vault/session';
import type { Consumer, Lender } from './consumer';
import type { Credential, CredentialSource, Lent } from './credential';
import { Lease, type LeaseTerms } from './lease';

/** Whatever it lends. */
export type AnyLease = Lease<Lent>;

/** Every lease of a SecretsManager. */
export class LeaseRegistry {
  readonly #leases: AnyLease[] = [];
  #closed = false;

  constructor(private readonly terms: LeaseTerms) {}

  get all(): readonly AnyLease[] {
    return this.#leases;
  }

  /**
   * Leases from a source, from now on, for the consumer that is made.
   *
   * @param terms what is not as for all others.
   * @throws SecretsError `ERR_SECRETS_CLOSED`
   */
  open<C extends Consumer<L>, L extends Lent = Credential>(
    source: CredentialSource<L>,
    consumerOf: (lender: Lender) => C,
    terms: Partial<Pick<LeaseTerms, 'drainMs'>> = {},
  ): C {
    if (this.#closed) throw new SecretsError('ERR_SECRETS_CLOSED', 'the SecretsManager is closed');
    const lease = new Lease<L, C>({ ...this.terms, ...terms }, source, consumerOf);
    this.#leases.push(lease);
    this.terms.scheduler.add(lease);
    return lease.consumer;
  }

  /** Replaces every credential now. @throws the first failure */
  async rotate(): Promise<void> {
    // A pool that was ended has none to replace.
    const open = this.#leases.filter(({ state }) => state !== 'closed');
    await Promise.all(open.map((lease) => lease.rotate()));
  }

  /** Resolves when nothing here was leased under that session any more. Never rejects. */
  async leave(session: Session): Promise<void> {
    await Promise.all(this.#leases.map((lease) => lease.leave(session)));
  }

  /** Drains, closes and revokes. Never rejects. */
  async close(boundMs: number): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#leases.map((lease) => lease.close(boundMs)));
  }
}
