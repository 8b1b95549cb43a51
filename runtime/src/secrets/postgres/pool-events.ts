import type { EventEmitter } from 'node:events';
import type { Pool } from '../../peer-types';
import { harmless } from '../../listener';

const OF_CONNECTIONS = ['connect', 'remove', 'error'] as const;
const OF_QUERIES = ['acquire', 'release'] as const;

/**
 * Brings the events of the real pools to the one that users hold. Those of connections are rare. Those that come
 * with every query are forwarded only while somebody listens to them.
 */
export class PoolEvents {
  readonly #pools = new Set<Pool>();
  readonly #ofQueries = OF_QUERIES.map((name) => ({
    name,
    forward: (...args: unknown[]): void => this.#tell(name, args),
  }));

  constructor(private readonly facade: EventEmitter) {
    facade.on('newListener', (event: string | symbol) => this.#hearQueries(event, 'on'));
    facade.on('removeListener', (event: string | symbol) => this.#hearQueries(event, 'off'));
  }

  /** Forwards this pool's events, too. */
  add(pool: Pool): void {
    this.#pools.add(pool);
    for (const name of OF_CONNECTIONS) {
      pool.on(name as 'connect', (...args: unknown[]) => this.#tell(name, args));
    }
    for (const { name, forward } of this.#ofQueries) {
      if (this.facade.listenerCount(name) > 0) pool.on(name, forward);
    }
  }

  remove(pool: Pool): void {
    this.#pools.delete(pool);
  }

  /**
   * Unlike `emit()`: without a listener, an 'error' does not end the process for a connection that died while idle,
   * and a listener that throws or rejects harms neither the connection nor another listener.
   */
  #tell(name: string, args: readonly unknown[]): void {
    for (const listener of this.facade.rawListeners(name)) {
      harmless(() => Reflect.apply(listener, this.facade, args) as unknown, `on('${name}')`)(undefined);
    }
  }

  /** Called before the first listener is added, and after the last one was removed. */
  #hearQueries(event: string | symbol, change: 'on' | 'off'): void {
    const heard = this.#ofQueries.find(({ name }) => name === event);
    if (heard === undefined || this.facade.listenerCount(event) > 0) return;
    for (const pool of this.#pools) {
      if (change === 'on') pool.on(heard.name, heard.forward);
      else pool.off(heard.name, heard.forward);
    }
  }
}
