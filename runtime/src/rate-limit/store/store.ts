/** One request, as a store sees it. */
export interface Charge {
  /** The client's hashed identity. */
  readonly client: string;
  /** What the call takes from every window; 0 only reads. */
  readonly cost: number;
  /** The limit in each of the store's windows; `Infinity` where the client's tier has none. */
  readonly limits: readonly number[];
}

/** What a store decided. */
export interface Decision {
  /** Who decided: the store, a reserved block, this process' memory during an outage, or the deny cache. */
  readonly by: 'store' | 'block' | 'memory' | 'cache';
  readonly allowed: boolean;
  /** Milliseconds until this cost fits if nothing else is charged: 0 when allowed, `Infinity` when it never fits. */
  readonly retryAfterMs: number;
  /** The store's own clock at the decision, ms since the epoch. */
  readonly nowMs: number;
  /** The limits by which the request was decided. */
  readonly limits: readonly number[];
  /** The sum of what counts in each window, this charge included. */
  readonly used: readonly number[];
  /** In each window, milliseconds until everything charged so far is free again. */
  readonly resetMs: readonly number[];
  /** The bucket in each window that was charged: where a refund goes. */
  readonly buckets: readonly number[];
}

/** Keeps what clients have been charged. */
export interface Store {
  /** The lengths of all windows of the policy, ms. Every charge goes to all of them. */
  readonly windowsMs: readonly number[];
  /** Admits and charges, or refuses and charges nothing. Rejects when the store cannot decide. */
  charge(request: Charge): Promise<Decision>;
  /** Gives back `amount` of a charge, while its buckets live; never more than they hold. */
  refund(client: string, amount: number, buckets: readonly number[]): Promise<void>;
}
