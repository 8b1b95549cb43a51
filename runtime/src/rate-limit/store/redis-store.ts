import { Batch, type ScriptRunner } from './batch';
import { chargeScript, limitArgument, refundScript, type Script } from './charge-script';
import { Shape, stemOf, type Counters } from './shape';
import { shapesOf } from './told-shapes';
import type { Charge, Decision, Store } from './store';
import { bucketAt } from './window';

/** The exact limiter on Redis. Requests of the same turn of the event loop are decided by one EVALSHA. */
export class RedisStore implements Store {
  readonly #shape: Shape;
  readonly #charges: Batch<Charge, Decision>;

  constructor(
    readonly redis: ScriptRunner,
    readonly windowsMs: readonly number[],
    script: Script = chargeScript(),
  ) {
    this.#shape = new Shape(windowsMs);
    this.#charges = new Batch(redis, {
      script,
      command: (requests) => {
        const shapes = shapesOf(requests.map((request) => this.#shapeOf(request)));
        const { args } = shapes;
        let start = 0;
        for (let end = 1; end <= requests.length; end += 1) {
          const first = requests[start];
          const next = requests[end];
          if (first === undefined || (next !== undefined && isAlike(first, next))) continue;
          const { cost, limits } = first;
          args.push(shapes.numbers[start] ?? '', String(end - start), String(cost));
          for (const limit of limits) args.push(limitArgument(limit));
          start = end;
        }
        const keys = requests.flatMap(({ client, counters }) => this.#keys(client, counters));
        return { keys, args };
      },
      answers: (reply, requests) => this.#decisions(reply, requests),
    });
  }

  charge(request: Charge): Promise<Decision> {
    return this.#charges.add(request);
  }

  async refund(
    client: string,
    amount: number,
    buckets: readonly number[],
    counters?: Counters,
  ): Promise<void> {
    const { args } = shapesOf([counters?.shape ?? this.#shape]);
    args.push(String(amount), ...buckets.map(String));
    await this.redis.run(refundScript, this.#keys(client, counters), args);
  }

  #shapeOf({ counters }: Charge): Shape {
    return counters?.shape ?? this.#shape;
  }

  #keys(client: string, counters: Counters | undefined): readonly string[] {
    return counters?.keys ?? this.#shape.keys([stemOf(client)]);
  }

  #decisions(reply: readonly unknown[], requests: readonly Charge[]): Decision[] {
    const nowMs = Number(reply[0]);
    let at = 1;
    return requests.map((request) => {
      const { windowsMs, shadow, hasShadow } = this.#shapeOf(request);
      const { limits, counters } = request;
      const wait = Number(reply[at]);
      const shadowWait = hasShadow ? Number(reply[(at += 1)]) : 0;
      const used: number[] = [];
      const resetMs: number[] = [];
      const buckets: number[] = [];
      windowsMs.forEach((length, w) => {
        const total = Number(reply[at + 1]);
        const newest = nowMs + Number(reply[at + 2]);
        at += 2;
        used.push(total);
        resetMs.push(total === 0 ? 0 : newest + length - nowMs);
        buckets.push(shadowWait !== 0 && shadow[w] === true ? -1 : bucketAt(newest, length));
      });
      at += 1;
      const decision = {
        by: 'store',
        limits,
        allowed: wait === 0,
        retryAfterMs: wait < 0 ? Infinity : wait,
        nowMs,
        used,
        resetMs,
        buckets,
      } as const;
      // Nearly all calls have neither, and copying an object costs more than making one.
      if (!hasShadow && counters === undefined) return decision;
      return {
        ...decision,
        ...(hasShadow && { shadowRetryAfterMs: shadowWait < 0 ? Infinity : shadowWait }),
        ...(counters && { counters }),
      };
    });
  }
}

/** Whether the script is told of both by one run: see charge-script.ts. */
function isAlike(one: Charge, other: Charge): boolean {
  return (
    one.limits === other.limits && one.cost === other.cost && one.counters?.shape === other.counters?.shape
  );
}
