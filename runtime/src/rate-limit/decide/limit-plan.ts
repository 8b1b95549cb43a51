import { ANONYMOUS_TIER, enforced, limitKeyName, type Limit, type LimitKey, type Policy } from '../../policy';
import { Shape } from '../store/shape';

/** A limit in one of the plan's counters, and its name in the headers. */
export interface TierLimit {
  readonly index: number;
  readonly limit: number;
  readonly name: string;
  readonly windowSeconds: number;
}

/** What a counter belongs to. */
export interface CounterOf {
  readonly by: readonly LimitKey[];
  /** The route whose calls alone are counted here; missing: those of every route. */
  readonly route?: string;
}

/** The counters of calls that are not counted by organisation alone. */
export interface Counted {
  readonly shape: Shape;
  /** Whose each counter is. */
  readonly of: readonly CounterOf[];
  /** Whether a caller's token alone tells whose they are. */
  readonly ofToken: boolean;
}

/** A tier's limits, laid out over the counters that its calls are charged in. */
export interface TierPlan {
  readonly name: string;
  /** What the tier's author wrote. */
  readonly stated: readonly Limit[];
  /** For each counter; `Infinity` where the tier has no limit. */
  readonly limits: readonly number[];
  /** The counters in which the tier has a limit that is enforced: those that clients are told of. */
  readonly limited: readonly TierLimit[];
  /** The counters in which the tier has a limit in shadow. */
  readonly tried: readonly TierLimit[];
  /** The value of `RateLimit-Policy`; empty where nothing is enforced. */
  readonly policyHeader: string;
  /** The counters; missing where they are those of the caller's organisation in each window of the plan. */
  readonly counted?: Counted;
}

/** All tiers of a policy. */
export interface LimitPlan {
  /**
   * The windows of every tier's limits by organisation, ms. A client is charged in all of them, whatever its tier, so
   * that a change of tier finds what was spent before it.
   */
  readonly windowsMs: readonly number[];
  /** The tier of this name; the policy's default tier when the name is unknown. */
  readonly tier: (name: string | undefined) => TierPlan;
  /** The tier of callers without a token; missing where the policy has none. */
  readonly anonymous?: TierPlan;
}

export function limitPlan(policy: Pick<Policy, 'tiers' | 'defaultTier'>): LimitPlan {
  const windows = windowsBy(Object.values(policy.tiers).flat());
  const windowsMs = windows('organisation').map((seconds) => seconds * 1_000);
  const plans = new Map(
    Object.entries(policy.tiers).map(([name, limits]) => [name, layOut(name, limits, windows)] as const),
  );
  const fallback = plans.get(policy.defaultTier);
  if (fallback === undefined) throw new TypeError(`the policy has no tier ${policy.defaultTier}`);
  const anonymous = plans.get(ANONYMOUS_TIER);
  return {
    windowsMs,
    tier: (name) => (name === undefined ? fallback : (plans.get(name) ?? fallback)),
    ...(anonymous && { anonymous }),
  };
}

/**
 * A tier whose limits by organisation are `times` as wide; its others are left out, and so is what it only tries.
 *
 * @returns nothing where it has none.
 */
export function widened(
  { name, stated }: TierPlan,
  times: number,
  windowsMs: readonly number[],
): TierPlan | undefined {
  const limits = enforced(stated).filter(({ by }) => by === undefined);
  if (limits.length === 0) return undefined;
  const wider = limits.map((one) => ({ ...one, limit: one.limit * times }));
  return tierPlan(`${name}-wide`, wider, windowsMs);
}

/** Lays out limits by organisation. In the headers a limit has the tier's name; with several limits, its window follows. */
export function tierPlan(name: string, limits: readonly Limit[], windowsMs: readonly number[]): TierPlan {
  return layOut(name, limits, () => windowsMs.map((ms) => ms / 1_000));
}

/** The windows in seconds, shortest first, of the limits that count by keys of this name. */
export type WindowsBy = (keys: string) => readonly number[];

export function windowsBy(limits: readonly Limit[]): WindowsBy {
  return (keys) => {
    const same = limits.filter(({ by }) => limitKeyName(by) === keys);
    return [...new Set(same.map(({ windowSeconds }) => windowSeconds))].sort((a, b) => a - b);
  };
}

/** Limits of a route's own, and whether its calls are tried alone. */
export interface RouteLimits {
  readonly name: string;
  readonly limits: readonly Limit[];
  readonly shadow: boolean;
}

interface Entry extends Limit {
  /** Missing where the tier has no limit in this counter. */
  readonly name?: string;
  readonly route?: string;
}

/**
 * Lays out a tier's limits, and those of a route, over counters. Calls count in every window that some tier has by the
 * same keys.
 */
export function layOut(
  name: string,
  limits: readonly Limit[],
  windows: WindowsBy,
  route?: RouteLimits,
): TierPlan {
  const all = [
    ...limits.map((limit) => ({ ...limit, name: nameOf(name, limit, limits) })),
    ...[...new Set(limits.map(({ by }) => limitKeyName(by)))].flatMap((keys) =>
      unlimited(keys, limits, windows),
    ),
    ...(route?.limits ?? []).map((limit) => ({
      ...limit,
      ...{ name: nameOf(`${name}-route`, limit, route?.limits ?? []), route: route?.name ?? '' },
    })),
  ]
    .map((entry: Entry): Entry =>
      route?.shadow === true && entry.name !== undefined ? { ...entry, shadow: true } : entry,
    )
    .sort((a, b) => a.windowSeconds - b.windowSeconds);

  const told = (entries: readonly Entry[]): TierLimit[] =>
    entries.flatMap((entry) =>
      entry.name === undefined
        ? []
        : [
            {
              index: all.indexOf(entry),
              limit: entry.limit,
              name: entry.name,
              windowSeconds: entry.windowSeconds,
            },
          ],
    );
  // In the order in which they were written.
  const limited = told(enforced(all)).sort((a, b) => orderOf(limits, a) - orderOf(limits, b));
  const isPlain = all.every(({ by, shadow, route: own }) => !by && !shadow && own === undefined);
  return {
    name,
    stated: limits,
    limits: all.map(({ limit }) => limit),
    limited,
    tried: told(all.filter(({ shadow }) => shadow === true)),
    policyHeader: policyHeaderOf(limited),
    ...(!isPlain && { counted: countedIn(all) }),
  };
}

function orderOf(limits: readonly Limit[], { limit, windowSeconds }: TierLimit): number {
  const index = limits.findIndex((one) => one.windowSeconds === windowSeconds && one.limit === limit);
  return index === -1 ? limits.length : index;
}

/** A counter for each window that other tiers have by these keys, and this one has not. */
function unlimited(keys: string, limits: readonly Limit[], windows: WindowsBy): Entry[] {
  const same = limits.filter(({ by }) => limitKeyName(by) === keys);
  const by = same[0]?.by;
  return windows(keys)
    .filter((windowSeconds) => !same.some((limit) => limit.windowSeconds === windowSeconds))
    .map((windowSeconds) => ({ limit: Infinity, windowSeconds, ...(by && { by }) }));
}

function countedIn(entries: readonly Entry[]): Counted {
  return {
    shape: new Shape(
      entries.map(({ windowSeconds }) => windowSeconds * 1_000),
      entries.map(({ shadow }) => shadow === true),
    ),
    of: entries.map(({ by = ['organisation'], route }) => ({ by, ...(route !== undefined && { route }) })),
    ofToken: entries.every(({ by = [] }) =>
      by.every((key) => key !== 'address' && !(typeof key === 'object' && 'function' in key)),
    ),
  };
}

/** A limit's name in the headers: the tier's, then what tells it from the tier's others. */
function nameOf(tier: string, { windowSeconds, by }: Limit, all: readonly Limit[]): string {
  if (all.length === 1) return tier;
  const whose = by === undefined ? '' : `-${limitKeyName(by.slice(-1)).replace(/[^\w-]+/g, '-')}`;
  return `${tier}-${windowSeconds}s${whose}`;
}

/** The value of `RateLimit-Policy`. @param suffix of each name, where another limiter has that name already. */
export function policyHeaderOf(limited: readonly TierLimit[], suffix = ''): string {
  return limited
    .map(({ name, limit, windowSeconds }) => `"${name}${suffix}";q=${limit};w=${windowSeconds}`)
    .join(', ');
}
