import { ownTimeout } from '../../time/own-timers';
import { Batch, type BatchScript, type Schedule, type ScriptRunner } from '../store/batch';
import { limitArgument, type Script } from '../store/charge-script';
import { Shape, stemOf, type Counters } from '../store/shape';
import { shapesOf, type ToldShapes } from '../store/told-shapes';
import { BUCKETS, bucketAt } from '../store/window';
import { blockKey, reserveScript, returnScript } from './block-script';

/** Units of a client's limits, charged in advance. */
export interface Grant {
  readonly units: number;
  /** The store's clock at the grant, ms since the epoch. */
  readonly nowMs: number;
  /** The sum of what counts in each window, this block included. */
  readonly used: readonly number[];
  /** When all that is charged in each window is free again, by the store's clock, if nothing more is charged, ms. */
  readonly freeAtMs: readonly number[];
  /** The bucket charged in each window. */
  readonly buckets: readonly number[];
}

/** Reserves blocks and takes them back. Both calls reject when the store does not answer. */
export interface BlockStore {
  readonly windowsMs: readonly number[];
  /** Asks for a block. Near the limit the block is smaller; when it would be too small to be of use, there is none. */
  reserve(
    client: string,
    block: string,
    want: number,
    limits: readonly number[],
    counters?: Counters,
  ): Promise<Grant | undefined>;
  /** Gives back a block's unspent units, once, and returns how many the store took. */
  giveBack(client: string, block: string, unspent: number, counters?: Counters): Promise<number>;
}

/** A block can be given back for this many bucket lengths: it ends after one, and its process may be late. */
const RETURNABLE_BUCKETS = 4;

/**
 * Blocks are gathered into one command for this part of a bucket, and for at most this many ms. They are asked for
 * well before they are needed, so they can wait; and a single turn of the event loop rarely asks for several.
 */
const GATHERED_PART = 1 / 20;
const GATHERED_MS = 50;

interface Block {
  readonly client: string;
  readonly block: string;
  readonly counters?: Counters | undefined;
}

interface Asked extends Block {
  readonly want: number;
  readonly limits: readonly number[];
}

interface Returned extends Block {
  readonly unspent: number;
}

/** Blocks in Redis. One EVALSHA reserves all blocks asked for within a moment; another takes back all returned ones. */
export class RedisBlockStore implements BlockStore {
  readonly #shape: Shape;
  readonly #reservations: Batch<Asked, Grant | undefined>;
  readonly #returns: Batch<Returned, number>;

  readonly windowsMs: readonly number[];

  /**
   * @param ownMs the windows in which a block counts that names no counters, ms.
   * @param othersMs the windows of all counters that blocks may name.
   */
  constructor(
    redis: ScriptRunner,
    ownMs: readonly number[],
    script: Script = reserveScript(),
    schedule?: Schedule,
    othersMs: readonly number[] = [],
  ) {
    this.#shape = new Shape(ownMs);
    const windowsMs = [...ownMs, ...othersMs];
    this.windowsMs = windowsMs;
    const scheduled = schedule ?? gathering(windowsMs);
    const returnableMs = String(Math.ceil(RETURNABLE_BUCKETS * shortestBucketMs(windowsMs)));
    const reserveAll: BatchScript<Asked, Grant | undefined> = {
      script,
      command: (asked) => {
        const { args, numbers } = this.#shapesOf(asked);
        args.push(returnableMs);
        asked.forEach(({ want, limits }, index) =>
          args.push(numbers[index] ?? '', String(want), ...limits.map(limitArgument)),
        );
        return { keys: this.#keysOf(asked), args };
      },
      answers: (reply, asked) => this.#grants(reply, asked),
    };
    const returnAll: BatchScript<Returned, number> = {
      script: returnScript,
      command: (returned) => {
        const { args, numbers } = this.#shapesOf(returned);
        returned.forEach(({ unspent }, index) => args.push(numbers[index] ?? '', String(unspent)));
        return { keys: this.#keysOf(returned), args };
      },
      answers: (reply) => reply.map(Number),
    };
    this.#reservations = new Batch(redis, reserveAll, scheduled);
    this.#returns = new Batch(redis, returnAll, scheduled);
  }

  reserve(
    client: string,
    block: string,
    want: number,
    limits: readonly number[],
    counters?: Counters,
  ): Promise<Grant | undefined> {
    return this.#reservations.add({ client, block, want, limits, counters });
  }

  giveBack(client: string, block: string, unspent: number, counters?: Counters): Promise<number> {
    return this.#returns.add({ client, block, unspent, counters });
  }

  #shapesOf(blocks: readonly Block[]): ToldShapes {
    return shapesOf(blocks.map(({ counters }) => counters?.shape ?? this.#shape));
  }

  #keysOf(blocks: readonly Block[]): string[] {
    return blocks.flatMap(({ client, block, counters }) => [
      blockKey(client, block),
      ...(counters?.keys ?? this.#shape.keys([stemOf(client)])),
    ]);
  }

  #grants(reply: readonly unknown[], asked: readonly Asked[]): (Grant | undefined)[] {
    const numbers = reply.map(Number);
    const nowMs = numbers[0] ?? 0;
    let at = 1;
    return asked.map(({ counters }) => {
      const { windowsMs } = counters?.shape ?? this.#shape;
      const units = numbers[at] ?? 0;
      const first = at + 1;
      at = first + 2 * windowsMs.length;
      if (units === 0) return undefined;
      return {
        units,
        nowMs,
        used: windowsMs.map((_, w) => numbers[first + 2 * w] ?? 0),
        freeAtMs: windowsMs.map((length, w) => nowMs + (numbers[first + 2 * w + 1] ?? 0) + length),
        buckets: windowsMs.map((length, w) => bucketAt(nowMs + (numbers[first + 2 * w + 1] ?? 0), length)),
      };
    });
  }
}

function gathering(windowsMs: readonly number[]): Schedule {
  const gatheredMs = Math.min(GATHERED_MS, GATHERED_PART * shortestBucketMs(windowsMs));
  return (flush) => ownTimeout(flush, gatheredMs);
}

const shortestBucketMs = (windowsMs: readonly number[]): number => Math.min(...windowsMs) / BUCKETS;
