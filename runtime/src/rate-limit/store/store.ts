import type { Counters } from './shape';

/** One request, as a store sees it. */
export interface Charge {
  /** The client's hashed identity; of nested ones the outermost. */
  readonly client: string;
  /** What the call takes from every counter; 0 only reads. */
  readonly cost: number;
  /** The limit in each of the counters; `Infinity` where the client's tier has none. */
  readonly limits: readonly number[];
  /** Where the call is counted. @default the client, in each of the store's windows */
  readonly counters?: Counters;
}

/** What a store decided. */
export interface Decision {
  /** Who decided: the store, a reserved block, this process' memory during an outage, or the deny cache. */
  readonly by: 'store' | 'block' | 'memory' | 'cache';
  readonly allowed: boolean;
  /** Milliseconds until this cost fits if nothing else is charged: 0 when allowed, `Infinity` when it never fits. */
  readonly retryAfterMs: number;
  /** What `retryAfterMs` would be if the counters in shadow were enforced; missing where the call has none. */
  readonly shadowRetryAfterMs?: number;
  /** The store's own clock at the decision, ms since the epoch. */
  readonly nowMs: number;
  /** The limits by which the request was decided. */
  readonly limits: readonly number[];
  /** The sum of what counts in each counter, this charge included. */
  readonly used: readonly number[];
  /** In each counter, milliseconds until everything charged so far is free again. */
  readonly resetMs: readonly number[];
  /** The bucket in each counter that was charged: where a refund goes; -1 in one that was not charged. */
  readonly buckets: readonly number[];
  /** As in the request. */
  readonly counters?: Counters;
}

/** Keeps what clients have been charged. */
export interface Store {
  /** The lengths of the windows in which a charge counts that names no counters, ms. */
  readonly windowsMs: readonly number[];
  /** Admits and charges, or refuses and charges nothing. Rejects when the store cannot decide. */
  charge(request: Charge): Promise<Decision>;
  /** Gives back `amount` of a charge, while its buckets live; never more than they hold. */
  refund(client: string, amount: number, buckets: readonly number[], counters?: Counters): Promise<void>;
}

/** Who is charged: calls with one name, and held to the same limits, are charged in the same counters. */
export const idOf = ({ client, counters }: Pick<Charge, 'client' | 'counters'>): string =>
  counters?.id ?? client;
