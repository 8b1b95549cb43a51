import { Batch, type ScriptRunner } from './batch';
import { chargeScript, limitArgument, refundScript, windowKeys, type Script } from './charge-script';
import type { Charge, Decision, Store } from './store';
import { freedAtMs } from './window';

/** The reply has this many integers for each window: its sum, its current bucket, its newest charged bucket. */
const PER_WINDOW = 3;

/** The exact limiter on Redis. Requests of the same turn of the event loop are decided by one EVALSHA. */
export class RedisStore implements Store {
  readonly #keys: (client: string) => string[];
  readonly #charges: Batch<Charge, Decision>;

  constructor(
    readonly redis: ScriptRunner,
    readonly windowsMs: readonly number[],
    script: Script = chargeScript(),
  ) {
    this.#keys = windowKeys(windowsMs);
    const header = [String(windowsMs.length), ...windowsMs.map(String)];
    this.#charges = new Batch(redis, {
      script,
      command: (requests) => {
        const keys: string[] = [];
        const args = [...header];
        for (const { client, cost, limits } of requests) {
          keys.push(...this.#keys(client));
          args.push(String(cost));
          for (const limit of limits) args.push(limitArgument(limit));
        }
        return { keys, args };
      },
      answer: (reply, index, { limits }) => this.#decision(limits, reply, index),
    });
  }

  charge(request: Charge): Promise<Decision> {
    return this.#charges.add(request);
  }

  async refund(client: string, amount: number, buckets: readonly number[]): Promise<void> {
    await this.redis.run(refundScript, this.#keys(client), [String(amount), ...buckets.map(String)]);
  }

  #decision(limits: readonly number[], reply: readonly unknown[], index: number): Decision {
    const at = 1 + index * (1 + PER_WINDOW * this.windowsMs.length);
    const nowMs = Number(reply[0]);
    const wait = Number(reply[at]);
    const used: number[] = [];
    const resetMs: number[] = [];
    const buckets: number[] = [];
    this.windowsMs.forEach((length, w) => {
      const first = at + 1 + w * PER_WINDOW;
      const total = Number(reply[first]);
      used.push(total);
      buckets.push(Number(reply[first + 1]));
      resetMs.push(total === 0 ? 0 : freedAtMs(Number(reply[first + 2]), length) - nowMs);
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
}
