import type { RequestHandler, Response } from 'express';
import { refuse } from '../http/answer';
import { routeOf } from '../http/route-of';
import type { Policy } from '../policy';
import { setHeaders } from './headers';
import { ClientNames } from './identity';
import { MemoryStore } from './memory-store';
import { limitPlan, type TierPlan } from './plan';
import type { RedisCommands } from './redis-commands';
import { RedisStore } from './redis-store';
import type { Decision } from './store';

export interface RateLimitOptions {
  /** Its tiers say how much, its routes what a call costs. */
  readonly policy: Policy;
  /** Where the counters are: a connected node-redis client, or `SecretsManager.redisClient()`. */
  readonly redis: RedisCommands;
}

/**
 * Charges each request's cost to its caller and refuses, with 429, what does not fit in any trailing
 * window of the caller's tier. The caller is the organisation of the verified token, else its subject:
 * put this after `requireAuth()`. Routes that the policy calls public are not limited.
 *
 * Every answer carries `X-RateLimit-Limit`, `-Remaining` and `-Reset` (seconds since 1970), and the
 * fields `RateLimit` and `RateLimit-Policy` of draft-ietf-httpapi-ratelimit-headers.
 *
 * @example
 * app.use(requireAuth({ policy }));
 * app.use(rateLimit({ policy, redis }));
 */
export function rateLimit({ policy, redis }: RateLimitOptions): RequestHandler {
  const plan = limitPlan(policy);
  const names = new ClientNames(policy.name);
  const store = new RedisStore(redis, plan.windowsMs);
  const fallback = new MemoryStore(plan.windowsMs);

  return (req, res, next) => {
    const route = routeOf(policy, req);
    if (route?.public === true) {
      next();
      return;
    }
    const tier = plan.tier(req.auth?.tier);
    const client = req.auth === undefined ? names.of('address', req.ip ?? '') : names.ofCaller(req.auth);
    const charge = { client, cost: route?.cost ?? 1, limits: tier.limits };

    const answer = (decision: Decision): void => {
      const standing = setHeaders(res, tier, decision);
      if (decision.allowed) next();
      else refuseLimited(res, policy, tier, decision, standing.limit);
    };
    store.charge(charge).then(answer, () => {
      const outage = route?.onStoreFailure ?? 'local';
      if (outage === 'open') next();
      else if (outage === 'closed') refuseUnavailable(res);
      else answer(fallback.decide(charge));
    });
  };
}

function refuseLimited(
  res: Response,
  policy: Policy,
  tier: TierPlan,
  decision: Decision,
  limit: number,
): void {
  const retryAfter = Math.max(1, Math.ceil(decision.retryAfterMs / 1_000));
  refuse(
    res,
    429,
    {
      error: 'rate_limit_exceeded',
      message: `Rate limit exceeded. Retry in ${retryAfter} s.`,
      limit,
      remaining: 0,
      retryAfter,
      tier: tier.name,
      ...(tier.name === policy.defaultTier &&
        policy.upgradeUrl !== undefined && { upgradeUrl: policy.upgradeUrl }),
    },
    { 'Retry-After': String(retryAfter) },
  );
}

function refuseUnavailable(res: Response): void {
  refuse(
    res,
    503,
    {
      error: 'temporarily_unavailable',
      message: 'The request cannot be rate limited at the moment. Retry shortly.',
    },
    { 'Retry-After': '1' },
  );
}
