import { chargeScript, limitArgument, refundScript, type Script } from './charge-script';
import { windowKeys } from './keys';
import type { Charge, Decision, Store } from './store';
import { freedAtMs } from './window';

/** Integers of the reply for one window: its sum, its current bucket, its newest charged bucket. */
const PER_WINDOW = 3;

/** Runs a script on keys of one slot of a cluster, or on any keys where there are no slots. */
export interface ScriptRunner {
  readonly clustered: boolean;
  run(script: Script, keys: readonly string[], args: readonly string[]): Promise<unknown>;
}

interface Waiting {
  readonly request: Charge;
  readonly resolve: (decision: Decision) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The exact limiter on Redis. Requests that arrive in the same turn of the event loop are decided by one
 * EVALSHA, in the order in which they came; in a cluster, where a script sees one slot only, by one a client.
 */
export class RedisStore implements Store {
  readonly #keys: (client: string) => string[];
  readonly #header: readonly string[];
  #waiting: Waiting[] = [];

  constructor(
    readonly redis: ScriptRunner,
    readonly windowsMs: readonly number[],
    readonly script: Script = chargeScript(),
  ) {
    this.#keys = windowKeys(windowsMs);
    this.#header = [String(windowsMs.length), ...windowsMs.map(String)];
  }

  charge(request: Charge): Promise<Decision> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.push({ request, resolve, reject }) === 1) setImmediate(this.#flush);
    });
  }

  async refund(client: string, amount: number, buckets: readonly number[]): Promise<void> {
    await this.redis.run(refundScript, this.#keys(client), [String(amount), ...buckets.map(String)]);
  }

  readonly #flush = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    if (this.redis.clustered) for (const batch of byClient(waiting)) this.#decide(batch);
    else this.#decide(waiting);
  };

  #decide(batch: readonly Waiting[]): void {
    const keys: string[] = [];
    const args = [...this.#header];
    for (const { request } of batch) {
      keys.push(...this.#keys(request.client));
      args.push(String(request.cost));
      for (const limit of request.limits) args.push(limitArgument(limit));
    }
    this.redis.run(this.script, keys, args).then(
      (reply) => this.#answer(batch, reply as number[]),
      (error: unknown) => batch.forEach(({ reject }) => reject(error)),
    );
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

/** Each client's requests, in the order in which they came. */
function byClient(waiting: readonly Waiting[]): Iterable<Waiting[]> {
  const batches = new Map<string, Waiting[]>();
  for (const entry of waiting) {
    const batch = batches.get(entry.request.client);
    if (batch === undefined) batches.set(entry.request.client, [entry]);
    else batch.push(entry);
  }
  return batches.values();
}
