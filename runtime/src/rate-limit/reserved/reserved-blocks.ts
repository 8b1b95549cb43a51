import { randomBytes } from 'node:crypto';
import { systemClock } from '../../time/clock';
import type { BlockStore, Grant } from './block-store';
import { RecentSpending } from './recent-spending';
import { idOf, type Charge, type Decision } from '../store/store';
import type { Counters } from '../store/shape';
import { BUCKETS } from '../store/window';

/** Reserved units are `spent` by calls, `returned` to the client's limits, or `lost`: charged until they age out. */
export type UnitsFate = 'spent' | 'returned' | 'lost';

/** At most this many clients hold blocks; the store decides each call of the others. */
const CAPACITY = 10_000;
/** A client gets blocks from this many calls in a block's life (W/N) on; the store decides each call of a quieter one. */
const WORTH = 4;
/** A block holds this many times what was spent in a block's life, so that it lasts when the rate rises. */
const HEADROOM = 1.25;
/** The next block is asked for when less than this part of a block's units, or of its life, is left. */
const LOW = 0.25;

interface Block extends Grant {
  readonly id: string;
  readonly expiresAtMs: number;
  left: number;
}

/** What one client holds and spends here. */
interface Holding {
  readonly id: string;
  readonly client: string;
  readonly counters?: Counters | undefined;
  readonly limits: readonly number[];
  /** The block that is being spent, then the one that was asked for in advance. */
  readonly blocks: Block[];
  asking: boolean;
  askAgainAtMs: number;
  /** The sum of each window, blocks included, as the store last told it. */
  used: readonly number[];
  /** The store's clock minus ours. */
  aheadMs: number;
  /** Spent since `periodStartMs`. A period is as long as a block's life. */
  spent: number;
  /** Spent in the period before. */
  spentBefore: number;
  periodStartMs: number;
}

/**
 * Blocks of units that this process reserved in the store, so that it decides most calls of a busy client itself,
 * without a round trip.
 *
 * **Never above the limit.** A block is charged in full before its first unit is spent, to the bucket after the
 * current one. Its life is less than a bucket (W/N) and begins *before* it is asked for, on this process' monotonic
 * clock. So its charge outlasts every moment at which it can be spent by at least a window. A call is admitted at the
 * moment when the clock is read: a process that was stopped reads the clock again before it spends, and finds its
 * blocks expired. A killed process leaves units charged that nobody spent, and never the reverse. (A machine that is
 * suspended as a whole must not resume with a monotonic clock that stood still: its blocks would live on for the rest
 * of their W/N.)
 *
 * A block is reserved under the limits of its tier. When the client's calls under a wider tier then use up the
 * window, the block can still be spent.
 *
 * **What it may refuse.** Units that a process holds are charged to the client before they are spent, and up to a
 * bucket ahead. So capacity comes back at most 2·W/N late instead of W/N, and a client paced at its limit gets at
 * least N/(N + 5) of it. The blocks of a killed process stay charged for a window and two buckets: at most 2.5 times
 * what the client spent at that process in W/N.
 *
 * Only admissions are decided here. The store decides every refusal, and every call that no block covers: a call
 * dearer than what is left, one under another tier's limits, one of a client that is not busy.
 */
export class ReservedBlocks {
  /** A block's life, ms: a bucket, less what rounding to ms and a slewed clock may take. */
  readonly lifeMs: number;
  readonly #holdings = new Map<string, Holding>();
  /** What clients without a holding spend. */
  readonly #spending: RecentSpending;
  readonly #pending = new Set<Promise<void>>();
  readonly #prefix = randomBytes(9).toString('base64url');
  #asked = 0;
  #closed = false;

  /**
   * @param onUnits hears what became of each block's units.
   * @param clock monotonic, ms.
   */
  constructor(
    readonly store: BlockStore,
    readonly onUnits: (fate: UnitsFate, units: number) => void = () => undefined,
    readonly clock: () => number = systemClock.monotonic,
  ) {
    const bucketMs = Math.min(...store.windowsMs) / BUCKETS;
    this.lifeMs = bucketMs - Math.max(1, bucketMs / 100);
    this.#spending = new RecentSpending(this.lifeMs);
  }

  /** Admits the call from a block; `undefined` leaves it to the store. */
  spend(request: Charge): Decision | undefined {
    const { cost, limits } = request;
    const holding = this.#holdings.get(idOf(request));
    if (holding?.limits !== limits) return undefined;
    const nowMs = this.clock();
    const block = this.#usable(holding, cost, nowMs);
    if (block === undefined) return undefined;
    block.left -= cost;
    this.#count(holding, cost, nowMs);
    const isLow = block.left < LOW * block.units || block.expiresAtMs - nowMs < LOW * this.lifeMs;
    if (isLow && holding.blocks.length === 1) this.#ask(holding, cost, nowMs);
    return this.#decision(holding, block, nowMs);
  }

  /** Learns what the store decided about a call of a client that may have blocks. */
  decided(request: Charge, { allowed, used, nowMs: storeNowMs }: Decision): void {
    const nowMs = this.clock();
    const { cost } = request;
    let before = 0;
    if (!this.#holdings.has(idOf(request))) {
      if (!allowed) return;
      const spent = this.#spending.add(idOf(request), cost, nowMs);
      if (spent < WORTH * Math.max(1, cost)) return;
      before = spent - cost;
    }
    const holding = this.#holdingOf(request, nowMs, before);
    if (holding === undefined) return;
    holding.used = used;
    holding.aheadMs = storeNowMs - nowMs;
    if (!allowed) {
      // The call may fit once the units held here are free again.
      this.#release(holding);
      holding.askAgainAtMs = nowMs + this.lifeMs;
      return;
    }
    this.#count(holding, cost, nowMs);
    if (holding.blocks.length < 2) this.#ask(holding, cost, nowMs);
  }

  /** Gives back expired blocks and forgets quiet clients. Call it once in each `lifeMs`. */
  sweep(): void {
    const nowMs = this.clock();
    for (const holding of this.#holdings.values()) {
      while (holding.blocks[0] !== undefined && holding.blocks[0].expiresAtMs <= nowMs) this.#retire(holding);
      const isQuiet = nowMs - holding.periodStartMs >= 2 * this.lifeMs;
      if (isQuiet && holding.blocks.length === 0 && !holding.asking) this.#holdings.delete(holding.id);
    }
  }

  /** Gives every block back. After that the store decides every call. Never rejects. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const holding of this.#holdings.values()) this.#release(holding);
    this.#holdings.clear();
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  /** The first block that lives and covers the cost. The blocks before it are given back. */
  #usable(holding: Holding, cost: number, nowMs: number): Block | undefined {
    for (let block = holding.blocks[0]; block !== undefined; block = holding.blocks[0]) {
      const isAlive = nowMs < block.expiresAtMs;
      if (isAlive && block.left >= cost) return block;
      if (isAlive && holding.blocks.length === 1) return undefined;
      this.#retire(holding);
    }
    return undefined;
  }

  #decision(holding: Holding, block: Block, nowMs: number): Decision {
    const storeNowMs = nowMs + holding.aheadMs;
    const newest = holding.blocks.at(-1) ?? block;
    let held = 0;
    for (const { left } of holding.blocks) held += left;
    return {
      by: 'block',
      allowed: true,
      retryAfterMs: 0,
      nowMs: storeNowMs,
      limits: holding.limits,
      used: holding.used.map((used) => used - held),
      resetMs: newest.freeAtMs.map((freeAtMs) => Math.max(0, freeAtMs - storeNowMs)),
      buckets: block.buckets,
      ...(holding.counters && { counters: holding.counters }),
    };
  }

  #holdingOf(request: Charge, nowMs: number, spent: number): Holding | undefined {
    const { client, limits, counters } = request;
    const id = idOf(request);
    const found = this.#holdings.get(id);
    if (found?.limits === limits) return found;
    // These blocks were granted under other limits, and must not be spent under the new ones.
    if (found !== undefined) this.#release(found);
    else if (this.#closed || this.#holdings.size >= CAPACITY) return undefined;
    const holding: Holding = {
      id,
      client,
      limits,
      counters,
      blocks: [],
      asking: false,
      askAgainAtMs: -Infinity,
      used: [],
      aheadMs: 0,
      spent,
      spentBefore: 0,
      periodStartMs: nowMs,
    };
    this.#holdings.set(id, holding);
    return holding;
  }

  #count(holding: Holding, cost: number, nowMs: number): void {
    const elapsedMs = nowMs - holding.periodStartMs;
    if (elapsedMs >= this.lifeMs) {
      holding.spentBefore = elapsedMs < 2 * this.lifeMs ? holding.spent : 0;
      holding.spent = 0;
      holding.periodStartMs = nowMs;
    }
    holding.spent += cost;
  }

  /** What the client spends here in a block's life. */
  #rate({ spent, spentBefore }: Holding): number {
    return Math.max(spent, spentBefore);
  }

  /** Asks for a block when the client makes enough calls of this cost to be worth one. */
  #ask(holding: Holding, cost: number, nowMs: number): void {
    if (holding.asking || nowMs < holding.askAgainAtMs) return;
    if (this.#rate(holding) < WORTH * Math.max(1, cost)) return;
    holding.asking = true;
    this.#track(this.#reserve(holding, nowMs));
  }

  async #reserve(holding: Holding, askedAtMs: number): Promise<void> {
    const { client, limits, counters } = holding;
    const id = `${this.#prefix}${(this.#asked += 1).toString(36)}`;
    const want = Math.ceil(HEADROOM * this.#rate(holding));
    try {
      const grant = await this.store.reserve(client, id, want, limits, counters);
      if (grant === undefined) {
        holding.askAgainAtMs = askedAtMs + this.lifeMs;
        return;
      }
      const block = { ...grant, id, expiresAtMs: askedAtMs + this.lifeMs, left: grant.units };
      if (this.#closed || this.#holdings.get(holding.id) !== holding) {
        this.#giveBack(holding, block);
        return;
      }
      holding.blocks.push(block);
      holding.used = grant.used;
      holding.aheadMs = grant.nowMs - askedAtMs;
    } catch {
      // The store may have granted the block although its answer did not come.
      holding.askAgainAtMs = askedAtMs + this.lifeMs;
      this.#track(
        this.store.giveBack(client, id, want, counters).then(
          () => undefined,
          () => undefined,
        ),
      );
    } finally {
      holding.asking = false;
    }
  }

  #release(holding: Holding): void {
    while (holding.blocks.length > 0) this.#retire(holding);
  }

  /** Ends a holding's first block. */
  #retire(holding: Holding): void {
    const block = holding.blocks.shift();
    if (block === undefined) return;
    holding.used = holding.used.map((used) => used - block.left);
    this.#giveBack(holding, block);
  }

  #giveBack({ client, counters }: Holding, { id, units, left }: Block): void {
    if (units > left) this.onUnits('spent', units - left);
    if (left === 0) return;
    const returned = (back: number): void => {
      if (back > 0) this.onUnits('returned', back);
      if (back < left) this.onUnits('lost', left - back);
    };
    this.#track(this.store.giveBack(client, id, left, counters).then(returned, () => returned(0)));
  }

  #track(work: Promise<void>): void {
    const settled = work.finally(() => this.#pending.delete(settled));
    this.#pending.add(settled);
  }
}
