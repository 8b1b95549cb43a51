import { ownTimeout } from '../../time/own-timers';
import { Batch, type BatchScript, type Schedule, type ScriptRunner } from '../store/batch';
import { limitArgument, windowKeys, type Script } from '../store/charge-script';
import { BUCKETS } from '../store/window';
import { blockKey, reserveScript, returnScript } from './block-script';

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

/** Reserves blocks and takes them back. Both calls reject when the store does not answer. */
export interface BlockStore {
  readonly windowsMs: readonly number[];
  /** Asks for a block. Near the limit the block is smaller; when it would be too small to be of use, there is none. */
  reserve(client: string, block: string, want: number, limits: readonly number[]): Promise<Grant | undefined>;
  /** Gives back a block's unspent units, once, and returns how many the store took. */
  giveBack(client: string, block: string, unspent: number): Promise<number>;
}

/** A block can be given back for this many bucket lengths: it ends after one, and its process may be late. */
const RETURNABLE_BUCKETS = 4;

/**
 * Blocks are gathered into one command for this part of a bucket, and for at most this many ms. They are asked for
 * well before they are needed, so they can wait; and a single turn of the event loop rarely asks for several.
 */
const GATHERED_PART = 1 / 20;
const GATHERED_MS = 50;

interface Asked {
  readonly client: string;
  readonly block: string;
  readonly want: number;
  readonly limits: readonly number[];
}

interface Returned {
  readonly client: string;
  readonly block: string;
  readonly unspent: number;
}

/** Blocks in Redis. One EVALSHA reserves all blocks asked for within a moment; another takes back all returned ones. */
export class RedisBlockStore implements BlockStore {
  readonly #reservations: Batch<Asked, Grant | undefined>;
  readonly #returns: Batch<Returned, number>;

  constructor(
    redis: ScriptRunner,
    readonly windowsMs: readonly number[],
    script: Script = reserveScript(),
    schedule: Schedule = gathering(windowsMs),
  ) {
    const returnableMs = Math.ceil(RETURNABLE_BUCKETS * shortestBucketMs(windowsMs));
    const header = [windowsMs.length, returnableMs, ...windowsMs].map(String);
    const keysOf = windowKeys(windowsMs);
    const allKeys = (blocks: readonly { readonly client: string; readonly block: string }[]): string[] =>
      blocks.flatMap(({ client, block }) => [blockKey(client, block), ...keysOf(client)]);
    const reserveAll: BatchScript<Asked, Grant | undefined> = {
      script,
      command: (asked) => ({
        keys: allKeys(asked),
        args: [
          ...header,
          ...asked.flatMap(({ want, limits }) => [String(want), ...limits.map(limitArgument)]),
        ],
      }),
      answer: (reply, index) => grantOf(reply, index, windowsMs.length),
    };
    const returnAll: BatchScript<Returned, number> = {
      script: returnScript,
      command: (returned) => ({
        keys: allKeys(returned),
        args: returned.map(({ unspent }) => String(unspent)),
      }),
      answer: (reply, index) => Number(reply[index]),
    };
    this.#reservations = new Batch(redis, reserveAll, schedule);
    this.#returns = new Batch(redis, returnAll, schedule);
  }

  reserve(
    client: string,
    block: string,
    want: number,
    limits: readonly number[],
  ): Promise<Grant | undefined> {
    return this.#reservations.add({ client, block, want, limits });
  }

  giveBack(client: string, block: string, unspent: number): Promise<number> {
    return this.#returns.add({ client, block, unspent });
  }
}

function gathering(windowsMs: readonly number[]): Schedule {
  const gatheredMs = Math.min(GATHERED_MS, GATHERED_PART * shortestBucketMs(windowsMs));
  return (flush) => ownTimeout(flush, gatheredMs);
}

const shortestBucketMs = (windowsMs: readonly number[]): number => Math.min(...windowsMs) / BUCKETS;

function grantOf(reply: readonly unknown[], index: number, windows: number): Grant | undefined {
  const at = 1 + index * (1 + 2 * windows);
  const units = Number(reply[at]);
  if (units === 0) return undefined;
  const ofEach = (first: number): number[] =>
    Array.from({ length: windows }, (_, w) => Number(reply[at + first + 2 * w]));
  return { units, nowMs: Number(reply[0]), used: ofEach(1), buckets: ofEach(2) };
}
