import { limitArgument, type Script } from './charge-script';
import { blockKey, windowKeys } from './keys';
import { leaseScript, returnScript } from './lease-script';
import type { ScriptRunner } from './redis-store';
import { BUCKETS } from './window';

/** Units of a client's limits, charged in advance. */
export interface Grant {
  readonly units: number;
  /** The store's clock at the grant, ms since the epoch. */
  readonly nowMs: number;
  /** The sum of what counts in each window, this block included. */
  readonly used: readonly number[];
  /** The bucket charged in each window. */
  readonly buckets: readonly number[];
}

/** Where blocks come from. Both calls reject when the store does not answer. */
export interface LeaseStore {
  readonly windowsMs: readonly number[];
  /** Asks for a block; gets a smaller one near the limit, and none when it would be too small to be of use. */
  lease(client: string, block: string, want: number, limits: readonly number[]): Promise<Grant | undefined>;
  /** Gives back the units of a block that were not spent, once; gives how many that were. */
  giveBack(client: string, block: string, unspent: number): Promise<number>;
}

/** For how many bucket lengths a block can be given back: it is over after one, and its process may be late. */
const RETURNABLE_BUCKETS = 4;

/** Blocks from Redis. */
export class RedisLeaseStore implements LeaseStore {
  readonly #keys: (client: string) => string[];
  readonly #returnableMs: string;

  constructor(
    readonly redis: ScriptRunner,
    readonly windowsMs: readonly number[],
    readonly script: Script = leaseScript(),
  ) {
    this.#keys = windowKeys(windowsMs);
    this.#returnableMs = String(Math.ceil((RETURNABLE_BUCKETS * Math.min(...windowsMs)) / BUCKETS));
  }

  async lease(
    client: string,
    block: string,
    want: number,
    limits: readonly number[],
  ): Promise<Grant | undefined> {
    const windows = this.windowsMs.flatMap((length, w) => [
      String(length),
      limitArgument(limits[w] ?? Infinity),
    ]);
    const args = [String(want), this.#returnableMs, ...windows];
    const reply = await this.redis.run(this.script, this.#blockKeys(client, block), args);
    const [nowMs = 0, units = 0, ...states] = (reply as unknown[]).map(Number);
    if (units === 0) return undefined;
    return {
      units,
      nowMs,
      used: states.filter((_, index) => index % 2 === 0),
      buckets: states.filter((_, index) => index % 2 === 1),
    };
  }

  async giveBack(client: string, block: string, unspent: number): Promise<number> {
    return Number(await this.redis.run(returnScript, this.#blockKeys(client, block), [String(unspent)]));
  }

  #blockKeys(client: string, block: string): string[] {
    return [blockKey(client, block), ...this.#keys(client)];
  }
}
