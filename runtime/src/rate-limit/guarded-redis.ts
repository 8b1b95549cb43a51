import { Breaker } from './breaker';
import type { RedisCommands } from './redis-commands';

/** Why the store does not decide. */
export type StoreFailure = 'disconnected' | 'timeout' | 'resting' | 'error';

/** The store did not decide in time, or at all: the route's outage policy does. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
  readonly code = 'ERR_RATE_LIMIT_STORE';

  constructor(
    readonly failure: StoreFailure,
    options?: ErrorOptions,
  ) {
    super(`the rate-limit store does not answer: ${failure}`, options);
  }
}

/** Whether Redis decides, as `/readyz` and the log tell it. */
export interface StoreState {
  readonly up: boolean;
  /** Why it is not, or was not before it came back. */
  readonly failure?: StoreFailure;
  /** Redis' own words, when it answered with an error: `OOM`, `READONLY`, `NOPERM`… */
  readonly redisError?: string;
}

/**
 * A Redis that is never waited for longer than a moment. A command that takes longer than the time-out is
 * given up and never sent again: it may have been carried out. While there is no connection, or the
 * breaker is open, commands fail at once, so that none waits in a queue to be charged later.
 */
export class GuardedRedis implements RedisCommands {
  readonly #breaker: Breaker;
  #state: StoreState = { up: true };

  /**
   * @param timeoutMs the longest that a command may take.
   * @param onChange told once of each change between up and down.
   * @param clock monotonic, ms.
   */
  constructor(
    readonly redis: RedisCommands,
    readonly timeoutMs: number,
    readonly onChange: (state: StoreState) => void,
    clock: () => number = () => performance.now(),
  ) {
    this.#breaker = new Breaker(clock);
  }

  get state(): StoreState {
    return this.#state;
  }

  sendCommand(args: string[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const fail = (failure: StoreFailure, cause?: unknown): void => {
        if (failure === 'disconnected' || this.#breaker.open) this.#down(failure, cause);
        reject(new StoreUnavailableError(failure, { cause }));
      };
      if (this.redis.isReady === false) {
        fail('disconnected');
        return;
      }
      if (!this.#breaker.pass()) {
        fail('resting');
        return;
      }
      let answered = false;
      const timer = setTimeout(() => {
        // When our own event loop was late, timers run before the replies that came meanwhile are read: look
        // at the sockets once more before blaming the store.
        setImmediate(() => {
          if (answered) return;
          this.#breaker.failed();
          fail('timeout');
        });
      }, this.timeoutMs);
      this.redis.sendCommand(args).then(
        (reply) => {
          answered = true;
          clearTimeout(timer);
          this.#breaker.succeeded();
          if (!this.#state.up) this.#change({ ...this.#state, up: true });
          resolve(reply);
        },
        (error: unknown) => {
          answered = true;
          clearTimeout(timer);
          if (isNoScript(error)) {
            this.#breaker.succeeded();
            reject(error);
            return;
          }
          this.#breaker.failed();
          fail('error', error);
        },
      );
    });
  }

  #down(failure: StoreFailure, cause: unknown): void {
    if (!this.#state.up) return;
    const redisError = cause instanceof Error ? /^[A-Z]+(?= )/.exec(cause.message)?.[0] : undefined;
    this.#change({ up: false, failure, ...(redisError !== undefined && { redisError }) });
  }

  #change(state: StoreState): void {
    this.#state = state;
    this.onChange(state);
  }
}

/** Redis forgot the script, as after a restart: it answers, so it is well. */
export function isNoScript(error: unknown): error is Error {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}
