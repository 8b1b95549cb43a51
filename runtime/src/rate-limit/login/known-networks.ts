import type { GuardedRedis } from '../store/guarded-redis';
import type { ClientNames } from '../client/client-names';
import { RedisStore } from '../store/redis-store';

/** For how long a network is known after a login from it. */
const KNOWN_MS = 30 * 86_400_000;

/** From where people have logged in to an account lately: a counter of successes for each pair of the two. */
export class KnownNetworks {
  readonly #logins: RedisStore;

  constructor(
    redis: GuardedRedis,
    readonly names: ClientNames,
  ) {
    this.#logins = new RedisStore(redis, [KNOWN_MS]);
  }

  /** Whether there was a login. Nobody is known while Redis does not answer. Never rejects. */
  async has(account: string, network: string): Promise<boolean> {
    return (await this.#count(account, network, 0)) > 0;
  }

  /** Takes note of a login. Never rejects. */
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
