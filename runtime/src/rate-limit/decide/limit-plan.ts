import type { Limit, Policy } from '../../policy';

/** A limit in one of the plan's windows, and its name in the headers. */
export interface TierLimit {
  readonly index: number;
  readonly limit: number;
  readonly name: string;
  readonly windowSeconds: number;
}

/** A tier's limits, laid out over the windows of the whole policy. */
export interface TierPlan {
  readonly name: string;
  /** For each window of the plan; `Infinity` where the tier has no limit. */
  readonly limits: readonly number[];
  /** The windows in which the tier has a limit. */
  readonly limited: readonly TierLimit[];
  /** The value of `RateLimit-Policy`. */
  readonly policyHeader: string;
}

/** All tiers of a policy, over the same windows. */
export interface LimitPlan {
  /**
   * The windows of every tier, ms. A client is charged in all of them, whatever its tier, so that a change
   * of tier finds what was spent before it.
   */
  readonly windowsMs: readonly number[];
  /** The tier of this name; the policy's default tier when the name is unknown. */
  readonly tier: (name: string | undefined) => TierPlan;
}

export function limitPlan(policy: Pick<Policy, 'tiers' | 'defaultTier'>): LimitPlan {
  const seconds = new Set(
    Object.values(policy.tiers).flatMap((limits) => limits.map((limit) => limit.windowSeconds)),
  );
  const windowsMs = [...seconds].sort((a, b) => a - b).map((window) => window * 1_000);
  const plans = new Map(
    Object.entries(policy.tiers).map(([name, limits]) => [name, tierPlan(name, limits, windowsMs)] as const),
  );
  const fallback = plans.get(policy.defaultTier);
  if (fallback === undefined) throw new TypeError(`the policy has no tier ${policy.defaultTier}`);
  return { windowsMs, tier: (name) => (name === undefined ? fallback : (plans.get(name) ?? fallback)) };
}

/** Lays out a tier's limits. In the headers a limit has the tier's name; with several limits, its window follows. */
export function tierPlan(name: string, limits: readonly Limit[], windowsMs: readonly number[]): TierPlan {
  const limited = limits.map(({ limit, windowSeconds }) => ({
    index: windowsMs.indexOf(windowSeconds * 1_000),
    limit,
    name: limits.length === 1 ? name : `${name}-${windowSeconds}s`,
    windowSeconds,
  }));
  return {
    name,
    limits: windowsMs.map((_, index) => limited.find((entry) => entry.index === index)?.limit ?? Infinity),
    limited,
    policyHeader: policyHeaderOf(limited),
  };
}

/** The value of `RateLimit-Policy`. @param suffix of each name, where another limiter has that name already. */
export function policyHeaderOf(limited: readonly TierLimit[], suffix = ''): string {
  return limited
    .map(({ name, limit, windowSeconds }) => `"${name}${suffix}";q=${limit};w=${windowSeconds}`)
    .join(', ');
}
