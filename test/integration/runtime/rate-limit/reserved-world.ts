import type { BlockStore, Grant } from '../../../../runtime/src/rate-limit/reserved/block-store';
import { ReservedBlocks } from '../../../../runtime/src/rate-limit/reserved/reserved-blocks';
import type { Decision, Store } from '../../../../runtime/src/rate-limit/store/store';
import { AdmissionLog, EXACT, type ModelWindow } from './model';

/** The shorter one's buckets are no whole number of milliseconds. */
export const WINDOWS_MS = [7_000, 60_000];
/** Tiers that limit both windows, and one that limits the longer only. */
export const TIERS: Record<string, readonly number[]> = {
  strict: [120, 600],
  loose: [Infinity, 700],
  small: [40, 600],
  ample: [1_200, 20_000],
};

export type Step =
  | { readonly do: 'wait'; readonly ms: number }
  | {
      readonly do: 'burst';
      readonly process: number;
      readonly calls: number;
      readonly cost: number;
      readonly tier: string;
      /** How what is asked of the store during the burst travels: late means until the next delivery. */
      readonly network: 'fast' | 'late request' | 'late reply';
    }
  | { readonly do: 'deliver' }
  | { readonly do: 'kill' | 'close' | 'sweep'; readonly process: number }
  | { readonly do: 'refund'; readonly which: number; readonly amount: number };

export interface WorldOptions {
  readonly client: string;
  readonly processes: number;
  readonly startMs: number;
  readonly setNow: (nowMs: number) => Promise<void>;
  readonly store: Store;
  readonly blocks: BlockStore;
}

/** What a block was charged, and what came of it. */
interface BlockRecord {
  readonly atMs: number;
  /** How many admissions there were before it. */
  readonly after: number;
  readonly units: number;
  spent: number;
  returned: number;
}

interface Admission {
  readonly entry: { at: number; cost: number };
  readonly limits: readonly number[];
  readonly decision: Decision;
}

/** The promise for blocks: capacity comes back at most two buckets late; and the millisecond that clocks are read to. */
const TWO_BUCKETS = (windowMs: number): number => Math.ceil((2 * windowMs) / 60) + 1;

/** Several processes that serve one client, and the log that judges them together. */
export class ReservedWorld {
  readonly log = new AdmissionLog();
  readonly admitted = { store: 0, block: 0 };
  calls = 0;
  readonly #blocks = new Map<readonly number[], BlockRecord>();
  readonly #byId = new Map<string, BlockRecord>();
  readonly #admissions: Admission[] = [];
  readonly #travelling = new Set<Promise<unknown>>();
  readonly #processes: ReservedBlocks[];
  #held: (() => void)[] = [];
  /** What was asked of the store and has not come back, late or not. */
  #underway = 0;
  #network: 'fast' | 'late request' | 'late reply' = 'fast';
  #nowMs: number;

  constructor(readonly options: WorldOptions) {
    this.#nowMs = options.startMs;
    this.#processes = Array.from({ length: options.processes }, () => this.#start());
  }

  get admittedCost(): number {
    return this.log.entries.reduce((sum, { cost }) => sum + cost, 0);
  }

  async live(steps: readonly Step[]): Promise<void> {
    await this.#wait(0);
    for (const step of steps) await this.#step(step);
    // Nothing outlives the client that it is sent through.
    while (this.#underway > 0) {
      this.#deliver();
      await new Promise(setImmediate);
    }
  }

  /** Calls of cost 1 at equal distances. */
  async pace({
    process,
    calls,
    everyMs,
  }: {
    process: number;
    calls: number;
    everyMs: number;
  }): Promise<void> {
    for (let call = 0; call < calls; call += 1) {
      await this.#wait(everyMs);
      this.#processes.forEach((blocks) => blocks.sweep());
      await this.#call(process, 1, TIERS.ample!);
      await this.#settled();
    }
  }

  async #step(step: Step): Promise<void> {
    switch (step.do) {
      case 'wait':
        return this.#wait(step.ms);
      case 'burst':
        this.#network = step.network;
        for (let call = 0; call < step.calls; call += 1) {
          await this.#call(step.process, step.cost, TIERS[step.tier]!);
          if (step.network === 'fast') await this.#settled();
        }
        this.#network = 'fast';
        return;
      case 'deliver':
        this.#deliver();
        return this.#settled();
      case 'sweep':
        this.#processes[step.process]!.sweep();
        return this.#settled();
      case 'kill':
        this.#processes[step.process] = this.#start();
        return;
      case 'close':
        await this.#close(this.#processes[step.process]!);
        this.#processes[step.process] = this.#start();
        return;
      case 'refund': {
        const target = this.#admissions.at(-1 - step.which);
        if (target === undefined) return;
        const amount = Math.min(step.amount, target.entry.cost);
        target.entry.cost -= amount;
        return this.options.store.refund(this.options.client, amount, target.decision.buckets);
      }
    }
  }

  async #call(process: number, cost: number, limits: readonly number[]): Promise<void> {
    const blocks = this.#processes[process]!;
    const { client, store } = this.options;
    const request = { client, cost, limits };
    let decision = blocks.spend(request);
    if (decision === undefined) {
      decision = await store.charge(request);
      blocks.decided(request, decision);
    }
    this.calls += 1;
    this.#judge(cost, limits, decision);
  }

  #judge(cost: number, limits: readonly number[], decision: Decision): void {
    const windows: ModelWindow[] = WINDOWS_MS.map((windowMs, w) => ({ windowMs, limit: limits[w]! }));
    if (cost === 0) {
      expect(decision.allowed).toBe(true);
      return;
    }
    if (!decision.allowed) {
      expect(decision.by).toBe('store');
      expect(this.#fitsBesideBlocks(cost, windows)).toBe(false);
      return;
    }
    const block = decision.by === 'block' ? this.#blocks.get(decision.buckets)! : undefined;
    expect(this.#logBefore(block, limits).fits(this.#nowMs, cost, windows, EXACT)).toBe(true);
    this.log.admit(this.#nowMs, cost);
    this.#admissions.push({ entry: this.log.entries.at(-1)!, limits, decision });
    if (block === undefined) this.admitted.store += 1;
    else {
      this.admitted.block += 1;
      block.spent += cost;
    }
  }

  /** What was admitted, without what another tier's wider limits let through since the block was set aside. */
  #logBefore(block: BlockRecord | undefined, limits: readonly number[]): AdmissionLog {
    if (block === undefined) return this.log;
    const log = new AdmissionLog();
    this.#admissions.forEach((admission, index) => {
      if (index < block.after || admission.limits === limits)
        log.admit(admission.entry.at, admission.entry.cost);
    });
    return log;
  }

  /** Whether the call fits beside what was admitted and what processes hold or have lost. */
  #fitsBesideBlocks(cost: number, windows: readonly ModelWindow[]): boolean {
    return windows.every(({ windowMs, limit }) => {
      const lengthMs = windowMs + TWO_BUCKETS(windowMs);
      let held = 0;
      for (const { atMs, units, spent, returned } of this.#blocks.values())
        if (atMs > this.#nowMs - lengthMs) held += units - spent - returned;
      return this.log.spent(this.#nowMs, lengthMs) + held + cost <= limit;
    });
  }

  #start(): ReservedBlocks {
    const { blocks } = this.options;
    const store: BlockStore = {
      windowsMs: blocks.windowsMs,
      reserve: (client, block, want, limits) =>
        this.#travel(async () => this.#record(block, await blocks.reserve(client, block, want, limits))),
      giveBack: (client, block, unspent) =>
        this.#travel(async () => {
          const back = await blocks.giveBack(client, block, unspent);
          const record = this.#byId.get(block);
          if (record !== undefined) record.returned += back;
          return back;
        }),
    };
    return new ReservedBlocks(store, undefined, () => this.#nowMs);
  }

  #record(id: string, grant: Grant | undefined): Grant | undefined {
    if (grant === undefined) return undefined;
    const record = {
      atMs: this.#nowMs,
      after: this.#admissions.length,
      units: grant.units,
      spent: 0,
      returned: 0,
    };
    this.#blocks.set(grant.buckets, record);
    this.#byId.set(id, record);
    return grant;
  }

  #travel<T>(carryOut: () => Promise<T>): Promise<T> {
    const network = this.#network;
    const work = async (): Promise<T> => {
      if (network === 'late request') await this.#delivery();
      const reply = await carryOut();
      if (network === 'late reply') await this.#delivery();
      return reply;
    };
    const travelling = work();
    const arrived = (): void => void (this.#underway -= 1);
    this.#underway += 1;
    travelling.then(arrived, arrived);
    if (network === 'fast') {
      const settled = travelling.finally(() => this.#travelling.delete(settled));
      this.#travelling.add(settled);
    }
    return travelling;
  }

  #delivery(): Promise<void> {
    return new Promise((resolve) => this.#held.push(resolve));
  }

  /** A reply that will be late may be on its way only now, so one delivery is not enough. */
  async #close(blocks: ReservedBlocks): Promise<void> {
    const closed = blocks.close().then(() => true);
    const notYet = (): Promise<boolean> => new Promise((resolve) => setImmediate(resolve, false));
    do this.#deliver();
    while (!(await Promise.race([closed, notYet()])));
  }

  #deliver(): void {
    const held = this.#held;
    this.#held = [];
    for (const arrive of held) arrive();
  }

  async #settled(): Promise<void> {
    while (this.#travelling.size > 0) await Promise.all(this.#travelling);
    // Whoever waited for them goes on in the microtasks after.
    await new Promise(setImmediate);
  }

  async #wait(ms: number): Promise<void> {
    this.#nowMs += ms;
    await this.options.setNow(this.#nowMs);
  }
}
