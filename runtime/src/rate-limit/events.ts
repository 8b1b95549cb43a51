import { systemClock, type Clock } from '../time/clock';
import type { StoreEvent } from './store/guarded-redis';

/** What a limiter reports, for logs and alarms. Clients are named by their hash; no event holds a token or an address. */
export type RateLimitEvent =
  | StoreEvent
  | {
      /** The list of overrides that cannot be understood has changed; it is empty once all are understood again. */
      readonly type: 'overrides_unusable';
      /** The entry in Vault's KV. */
      readonly path: string;
      readonly organisations: readonly string[];
    }
  | {
      /** `denied_in_shadow`: the call was admitted, and would be refused if the limits in shadow were enforced. */
      readonly type: 'denied' | 'denied_in_shadow';
      readonly client: string;
      readonly tier: string;
      /** The path's pattern in the policy, never the path itself. */
      readonly route: string;
      readonly cost: number;
      readonly limit: number;
      /** Seconds until the call would be admitted; missing if never. */
      readonly retryAfter?: number;
    }
  | {
      /** Sent at the end of a second in which more calls were denied than are reported one by one. */
      readonly type: 'denials_left_out';
      /** The kind of the events that were left out. */
      readonly of: 'denied' | 'denied_in_shadow';
      /** How many were left out. */
      readonly calls: number;
      /** How many clients they were of; at most 10,000 are told apart. */
      readonly clients: number;
    };

export type OnRateLimitEvent = (event: RateLimitEvent) => void;
export type Denied = Extract<RateLimitEvent, { type: 'denied' | 'denied_in_shadow' }>;
export type Denial = Omit<Denied, 'type'>;

/** Denials told each second: enough to see who is denied, too few for an attacker to fill a disk with. */
const PER_SECOND = 10;

/** How many clients are told apart in a second: an attacker has more addresses than a process has memory. */
const CLIENTS_COUNTED = 10_000;

/** Tells of denials. */
export interface DenialTeller {
  (denial: Denial): void;
  /** Ends the second now: tells how many calls were left out, if any were. */
  readonly flush: () => void;
}

/** Tells at most ten denials a second, and at the end of the second how many more there were. */
export function cappedDenials(
  onEvent: OnRateLimitEvent,
  type: Denied['type'] = 'denied',
  clock: Pick<Clock, 'after'> = systemClock,
): DenialTeller {
  let told = 0;
  let calls = 0;
  let clients = new Set<string>();
  let cancel: (() => void) | undefined;
  const flush = (): void => {
    cancel?.();
    cancel = undefined;
    const leftOut = { calls, clients: clients.size };
    told = 0;
    calls = 0;
    clients = new Set();
    if (leftOut.calls > 0) onEvent({ type: 'denials_left_out', of: type, ...leftOut });
  };
  const tell = (denial: Denial): void => {
    cancel ??= clock.after(1_000, flush);
    if (told === PER_SECOND) {
      calls += 1;
      if (clients.size < CLIENTS_COUNTED) clients.add(denial.client);
      return;
    }
    told += 1;
    onEvent({ type, ...denial });
  };
  return Object.assign(tell, { flush });
}
