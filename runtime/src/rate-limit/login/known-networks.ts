import type { ClientNames } from '../client/client-names';
import type { ChosenStore } from '../chosen-store';
import type { Store } from '../store/store';

/** A network is known for this long after a login from it. */
const KNOWN_MS = 30 * 86_400_000;

/** Remembers from which networks somebody logged in to an account lately: one counter of logins for each pair. */
export class KnownNetworks {
  readonly #logins: Store;

  constructor(
    store: ChosenStore,
    readonly names: ClientNames,
  ) {
    this.#logins = store.countersOf([KNOWN_MS]);
  }

  /** Whether somebody logged in. While Redis does not answer, no network is known. Never rejects. */
  async has(account: string, network: string): Promise<boolean> {
    return (await this.#count(account, network, 0)) > 0;
  }

  /** Remembers a login. Never rejects. */
  async note(account: string, network: string): Promise<void> {
    await this.#count(account, network, 1);
  }

  #count(account: string, network: string, cost: number): Promise<number> {
    const client = this.names.of('login-from', JSON.stringify([account, network]));
    return this.#logins.charge({ client, cost, limits: [Infinity] }).then(
      ({ used: [logins = 0] }) => logins,
      () => 0,
    );
  }
}
