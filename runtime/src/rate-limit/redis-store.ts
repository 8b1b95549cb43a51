import { chargeScript, refundScript, type Script } from './charge-script';
import { isNoScript } from './guarded-redis';
import type { RedisCommands } from './redis-commands';
import type { Charge, Decision, Store } from './store';
import { BUCKETS, freedAtMs } from './window';

/** More than any limit, and exact in Lua. */
const NO_LIMIT = '9007199254740991';

/** Integers of the reply for one window: its sum, its current bucket, its newest charged bucket. */
const PER_WINDOW = 3;

interface Waiting {
  readonly request: Charge;
  readonly resolve: (decision: Decision) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The exact limiter on one Redis. Requests that arrive in the same turn of the event loop are decided by
 * one EVALSHA, in the order in which they came.
 */
export class RedisStore implements Store {
  readonly #redis: RedisCommands;
  readonly #script: Script;
  readonly #suffixes: readonly string[];
  readonly #header: readonly string[];
  #waiting: Waiting[] = [];

  constructor(
    redis: RedisCommands,
    readonly windowsMs: readonly number[],
    script: Script = chargeScript(),
  ) {
    this.#redis = redis;
    this.#script = script;
    this.#suffixes = windowsMs.map((length) => `}:${length / 1000}s/${BUCKETS}`);
    this.#header = [String(windowsMs.length), ...windowsMs.map(String)];
  }

  charge(request: Charge): Promise<Decision> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.push({ request, resolve, reject }) === 1) setImmediate(this.#flush);
    });
  }

  async refund(client: string, amount: number, buckets: readonly number[]): Promise<void> {
    const keys = this.#suffixes.map((suffix) => `portcullis:{${client}${suffix}`);
    await this.#run(refundScript, [String(keys.length), ...keys, String(amount), ...buckets.map(String)]);
  }

  readonly #flush = (): void => {
    const batch = this.#waiting;
    this.#waiting = [];
    this.#run(this.#script, this.#arguments(batch)).then(
      (reply) => this.#answer(batch, reply as number[]),
      (error: unknown) => batch.forEach(({ reject }) => reject(error)),
    );
  };

  #arguments(batch: readonly Waiting[]): string[] {
    const args = [String(batch.length * this.windowsMs.length)];
    for (const { request } of batch) {
      for (const suffix of this.#suffixes) args.push(`portcullis:{${request.client}${suffix}`);
    }
    args.push(...this.#header);
    for (const { request } of batch) {
      args.push(String(request.cost));
      for (const limit of request.limits) args.push(limit === Infinity ? NO_LIMIT : String(limit));
    }
    return args;
  }

  #answer(batch: readonly Waiting[], reply: readonly number[]): void {
    const size = 1 + PER_WINDOW * this.windowsMs.length;
    batch.forEach(({ request, resolve }, index) => resolve(this.#decision(request, reply, 1 + index * size)));
  }

  #decision({ limits }: Charge, reply: readonly number[], at: number): Decision {
    const nowMs = Number(reply[0]);
    const wait = Number(reply[at]);
    const used: number[] = [];
    const resetMs: number[] = [];
    const buckets: number[] = [];
    this.windowsMs.forEach((length, w) => {
      const [total, current, newest] = reply.slice(at + 1 + w * PER_WINDOW).map(Number) as [
        number,
        number,
        number,
      ];
      used.push(total);
      buckets.push(current);
      resetMs.push(total === 0 ? 0 : freedAtMs(newest, length) - nowMs);
    });
    return {
      by: 'store',
      limits,
      allowed: wait === 0,
      retryAfterMs: wait < 0 ? Infinity : wait,
      nowMs,
      used,
      resetMs,
      buckets,
    };
  }

  /** EVALSHA; the source goes along only when Redis says that it never saw the script, so nothing runs twice. */
  async #run(script: Script, args: string[]): Promise<unknown> {
    try {
      return await this.#redis.sendCommand(['EVALSHA', script.sha, ...args]);
    } catch (error) {
      if (!isNoScript(error)) throw error;
      return this.#redis.sendCommand(['EVAL', script.source, ...args]);
    }
  }
}
