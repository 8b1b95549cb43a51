import type { Response } from 'express';
import { refuse } from '../../http/answer';
import type { Policy } from '../../policy';
import type { TierPlan } from '../decide/limit-plan';
import type { Decision } from '../store/store';
import type { Standing } from './headers';

/** 429: this call does not fit now, or never will. Returns the seconds until it fits. */
export function refuseLimited(
  res: Response,
  policy: Policy,
  tier: TierPlan,
  cost: number,
  { limit, remaining }: Standing,
  decision: Decision,
): number | undefined {
  if (decision.retryAfterMs === Infinity) {
    const message = `This call costs ${cost}, more than the limit of ${limit}. It can never be admitted; ask for less.`;
    refuse(res, 429, { error: 'cost_exceeds_limit', message, limit, cost, tier: tier.name });
    return undefined;
  }
  const retryAfter = secondsUntilFit(decision);
  const upgrade = tier.name === policy.defaultTier ? policy.upgradeUrl : undefined;
  refuse(
    res,
    429,
    {
      error: 'rate_limit_exceeded',
      message: `Rate limit exceeded. Retry after ${retryAfter} seconds.`,
      limit,
      remaining,
      retryAfter,
      tier: tier.name,
      ...(upgrade !== undefined && { upgradeUrl: upgrade }),
    },
    { 'Retry-After': String(retryAfter) },
  );
  return retryAfter;
}

/** 429 for a login attempt. It does not tell what was counted. Returns the seconds until another attempt fits. */
export function refuseAttempt(res: Response, decision: Decision): number {
  const retryAfter = secondsUntilFit(decision);
  refuse(
    res,
    429,
    {
      error: 'rate_limit_exceeded',
      message: `Too many attempts. Retry after ${retryAfter} seconds.`,
      retryAfter,
    },
    { 'Retry-After': String(retryAfter) },
  );
  return retryAfter;
}

export function secondsUntilFit({ retryAfterMs }: Decision): number {
  return Math.max(1, Math.ceil(retryAfterMs / 1_000));
}

/** 503: the store does not answer, and this route is `closed` during an outage. */
export function refuseUndecided(res: Response): void {
  const message = 'The request cannot be rate limited at the moment. Retry shortly.';
  refuse(res, 503, { error: 'temporarily_unavailable', message }, { 'Retry-After': '1' });
}
