import { randomBytes } from 'node:crypto';
import { systemClock } from '../../time/clock';
import type { BlockStore, Grant } from './block-store';
import { RecentSpending } from './recent-spending';
import type { Charge, Decision } from '../store/store';
import { BUCKETS, freedAtMs } from '../decide/window';

/** What becomes of reserved units: `spent` by calls, `returned` to the client's limits, or `lost` until they age out. */
export type UnitsFate = 'spent' | 'returned' | 'lost';

/** Clients that hold blocks at most; calls of others are decided one by one. */
const CAPACITY = 10_000;
/** Calls within a block's life (W/N) from which on a client gets blocks; below, the store decides each call. */
const WORTH = 4;
/** A block holds this much more than was spent in a block's life, so that a rising rate finds some. */
const HEADROOM = 1.25;
/** The next block is asked for when this part of a block's units, or of its life, is left. */
const LOW = 0.25;

interface Block extends Grant {
  readonly id: string;
  readonly expiresAtMs: number;
  left: number;
}

/** What one client holds and spends here. */
interface Holding {
  readonly client: string;
  readonly limits: readonly number[];
  /** The block being spent, then the one asked for in advance. */
  readonly blocks: Block[];
  asking: boolean;
  askAgainAtMs: number;
  /** The sum that counts in each window as last heard, blocks included; and the store's clock minus ours. */
  used: readonly number[];
  aheadMs: number;
  /** What was spent since `periodStartMs`, and in the period before. A period is as long as a block lives. */
  spent: number;
  spentBefore: number;
  periodStartMs: number;
}

/**
 * Blocks of units that this process reserved from the store, so that most calls of a busy client are decided
 * here, without a round trip.
 *
 * **Never above the limit.** A block is charged in full before its first unit is spent, in the bucket after the
 * current one, and lives less than a bucket (W/N) from *before* it was asked for, on this process' monotonic
 * clock: so its charge outlasts, by at least a window, every moment at which it can be spent. A call is
 * admitted at the moment when the clock is read; a process that was stopped reads the clock anew before it
 * spends again, and finds its blocks expired. Killed processes leave units charged, never uncharged. (A
 * machine that is suspended whole must not resume with a monotonic clock that stood still: blocks that it
 * held would live on for the rest of their W/N.)
 *
 * A block is set aside under the limits of its tier: what a wider tier of the same client lets through afterwards
 * does not take it back.
 *
 * **What it may refuse.** Units that a process holds are charged to the client before it spends them, and what
 * is spent is charged up to a bucket ahead: capacity comes back at most 2·W/N late instead of W/N, and a
 * client paced at its limit gets at least N/(N + 5) of it. The blocks of a process that is killed stay charged
 * for a window and two buckets: at most twice what the client spent there in W/N, and a quarter.
 *
 * Only admissions are decided here. A call that no block covers — dearer than what is left, of another tier's
 * limits, of a client that is not busy — is decided by the store, and so is every refusal.
 */
export class ReservedBlocks {
  /** How long a block can be spent, ms: a bucket less what rounding to ms and a slewed clock may take. */
  readonly lifeMs: number;
  readonly #holdings = new Map<string, Holding>();
  /** Of clients without a holding. */
  readonly #spending: RecentSpending;
  readonly #pending = new Set<Promise<void>>();
  readonly #prefix = randomBytes(9).toString('base64url');
  #asked = 0;
  #closed = false;

  /**
   * @param onUnits told what became of each block's units.
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

  /** Admits the call from a block, or leaves it to the store. */
  spend({ client, cost, limits }: Charge): Decision | undefined {
    const holding = this.#holdings.get(client);
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

  /** Takes note of what the store decided about a call of a client that may have blocks. */
  decided({ client, cost, limits }: Charge, { allowed, used, nowMs: storeNowMs }: Decision): void {
    const nowMs = this.clock();
    let before = 0;
    if (!this.#holdings.has(client)) {
      if (!allowed) return;
      const spent = this.#spending.add(client, cost, nowMs);
      if (spent < WORTH * Math.max(1, cost)) return;
      before = spent - cost;
    }
    const holding = this.#holdingOf(client, limits, nowMs, before);
    if (holding === undefined) return;
    holding.used = used;
    holding.aheadMs = storeNowMs - nowMs;
    if (!allowed) {
      // What is held here may be all that this call lacked.
      this.#release(holding);
      holding.askAgainAtMs = nowMs + this.lifeMs;
      return;
    }
    this.#count(holding, cost, nowMs);
    if (holding.blocks.length < 2) this.#ask(holding, cost, nowMs);
  }

  /** Gives back what expired unspent, and forgets clients that are quiet. To be called once a block's life. */
  sweep(): void {
    const nowMs = this.clock();
    for (const holding of this.#holdings.values()) {
      while (holding.blocks[0] !== undefined && holding.blocks[0].expiresAtMs <= nowMs) this.#retire(holding);
      const isQuiet = nowMs - holding.periodStartMs >= 2 * this.lifeMs;
      if (isQuiet && holding.blocks.length === 0 && !holding.asking) this.#holdings.delete(holding.client);
    }
  }

  /** Gives every block back. From then on the store decides every call. Never rejects. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const holding of this.#holdings.values()) this.#release(holding);
    this.#holdings.clear();
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  /** The first block that lives and covers the cost; those before it are over. */
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
      resetMs: this.store.windowsMs.map(
        (windowMs, w) => freedAtMs(newest.buckets[w] ?? 0, windowMs) - storeNowMs,
      ),
      buckets: block.buckets,
    };
  }

  #holdingOf(client: string, limits: readonly number[], nowMs: number, spent: number): Holding | undefined {
    const found = this.#holdings.get(client);
    if (found?.limits === limits) return found;
    // Blocks were granted under the limits of then, and must not be spent under others.
    if (found !== undefined) this.#release(found);
    else if (this.#closed || this.#holdings.size >= CAPACITY) return undefined;
    const holding: Holding = {
      client,
      limits,
      blocks: [],
      asking: false,
      askAgainAtMs: -Infinity,
      used: [],
      aheadMs: 0,
      spent,
      spentBefore: 0,
      periodStartMs: nowMs,
    };
    this.#holdings.set(client, holding);
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

  /** What the client spends here while a block lives. */
  #rate({ spent, spentBefore }: Holding): number {
    return Math.max(spent, spentBefore);
  }

  /** Asks for a block, where there are enough such calls to make one worth it. */
  #ask(holding: Holding, cost: number, nowMs: number): void {
    if (holding.asking || nowMs < holding.askAgainAtMs) return;
    if (this.#rate(holding) < WORTH * Math.max(1, cost)) return;
    holding.asking = true;
    this.#track(this.#reserve(holding, nowMs));
  }

  async #reserve(holding: Holding, askedAtMs: number): Promise<void> {
    const { client, limits } = holding;
    const id = `${this.#prefix}${(this.#asked += 1).toString(36)}`;
    const want = Math.ceil(HEADROOM * this.#rate(holding));
    try {
      const grant = await this.store.reserve(client, id, want, limits);
      if (grant === undefined) {
        holding.askAgainAtMs = askedAtMs + this.lifeMs;
        return;
      }
      const block = { ...grant, id, expiresAtMs: askedAtMs + this.lifeMs, left: grant.units };
      if (this.#closed || this.#holdings.get(client) !== holding) {
        this.#giveBack(client, block);
        return;
      }
      holding.blocks.push(block);
      holding.used = grant.used;
      holding.aheadMs = grant.nowMs - askedAtMs;
    } catch {
      // It may have been granted all the same.
      holding.askAgainAtMs = askedAtMs + this.lifeMs;
      this.#track(
        this.store.giveBack(client, id, want).then(
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
    this.#giveBack(holding.client, block);
  }

  #giveBack(client: string, { id, units, left }: Block): void {
    if (units > left) this.onUnits('spent', units - left);
    if (left === 0) return;
    const returned = (back: number): void => {
      if (back > 0) this.onUnits('returned', back);
      if (back < left) this.onUnits('lost', left - back);
    };
    this.#track(this.store.giveBack(client, id, left).then(returned, () => returned(0)));
  }

  #track(work: Promise<void>): void {
    const settled = work.finally(() => this.#pending.delete(settled));
    this.#pending.add(settled);
  }
}
