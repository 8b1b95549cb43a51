import type { Request, RequestHandler } from 'express';
import { callerOf } from '../auth/caller';
import type { AuthContext } from '../auth/context';
import { refuseAmbiguousPath } from '../http/answer';
import { isAmbiguous, routeOf } from '../http/route-of';
import { together } from '../http/together';
import { accessTo } from '../redis';
import { setHeaders, setPolicyHeader } from './answer/headers';
import { refuseLimited, refuseUndecided } from './answer/refusals';
import { RateLimitInfo } from './answer/request-info';
import { clientAddress, subscriberNetwork } from './client/client-address';
import { ClientNames } from './client/client-names';
import { costsOf } from './decide/costs';
import { DenyCache } from './decide/deny-cache';
import { limitPlan, type TierPlan } from './decide/limit-plan';
import { Limiter } from './decide/limiter';
import { OutagePolicy, type OutageOutcome } from './decide/outage';
import { reservableCalls } from './decide/reservable-calls';
import { cappedDenials } from './events';
import { limiterMetrics, outcomeName } from './metrics';
import { resolveRateLimit, type RateLimitOptions } from './options';
import { RedisBlockStore } from './reserved/block-store';
import { ReservedBlocks } from './reserved/reserved-blocks';
import { GuardedRedis, type StoreState } from './store/guarded-redis';
import { RedisStore } from './store/redis-store';

/** The middleware. An outage of Redis degrades it, and does not stop it. */
export interface RateLimiter extends RequestHandler {
  /** Whether Redis decides: for `/readyz`. */
  storeState(): StoreState;
  /** Gives reserved blocks back. Call it at shutdown, while Redis is still connected. Never rejects. */
  close(): Promise<void>;
}

/**
 * Charges each request's cost to its caller and refuses, with 429, what does not fit in any trailing
 * window of the caller's tier. The caller is the organisation of the verified token, else its subject:
 * put this after `requireAuth()`. Without a token it is the network of the client's address, in the
 * default tier. Routes that the policy calls public are not limited. A path that servers read differently
 * (`/files/../admin`) is refused with 400 and charged to nobody.
 *
 * Every decided answer carries `X-RateLimit-Limit`, `-Remaining` and `-Reset` (seconds since 1970), and the
 * fields `RateLimit` and `RateLimit-Policy` of draft-ietf-httpapi-ratelimit-headers. While Redis does not
 * answer, each route's `onStoreFailure` decides; an answer that nobody decided carries `RateLimit-Policy` alone.
 *
 * Its middleware fails with ForeignAuthError where another library set `req.auth`.
 *
 * @throws RateLimitOptionsError with every problem of the options at once.
 *
 * @example
 * app.use(requireAuth({ policy }));
 * app.use(rateLimit({ policy, redis }));
 */
export function rateLimit(options: RateLimitOptions): RateLimiter {
  const {
    policy,
    redis,
    costs,
    reserved,
    overrides,
    trustedProxies,
    timeoutMs,
    localShare,
    onEvent,
    meterProvider,
  } = resolveRateLimit(options);
  const plan = limitPlan(policy);
  const names = new ClientNames(policy.name);
  const addressOf = clientAddress(trustedProxies);
  const costOf = costsOf(policy, costs);
  const denied = cappedDenials(onEvent);
  const guarded = new GuardedRedis(accessTo(redis), { timeoutMs, onEvent });
  const metrics = limiterMetrics(meterProvider, () => guarded.state);
  const limiter = new Limiter(
    new RedisStore(guarded, plan.windowsMs),
    new OutagePolicy(plan.windowsMs, localShare),
    new DenyCache(),
    metrics,
  );

  const isReservable = reservableCalls(policy, reserved);
  const blocks = new ReservedBlocks(new RedisBlockStore(guarded, plan.windowsMs), metrics.unitsSettled);
  const sweeping = reserved && setInterval(() => blocks.sweep(), blocks.lifeMs).unref();

  const clientOf = (req: Request, caller: AuthContext | undefined): string =>
    caller === undefined ? names.of('network', subscriberNetwork(addressOf(req))) : names.ofCaller(caller);

  const overrideOf = (caller: AuthContext | undefined): TierPlan | undefined =>
    caller?.organisation === undefined ? undefined : overrides?.current(caller.organisation);

  const handle: RequestHandler = (req, res, next) => {
    const route = routeOf(policy, req);
    if (isAmbiguous(req, route)) {
      refuseAmbiguousPath(res);
      return;
    }
    if (route?.public === true) {
      next();
      return;
    }
    const caller = callerOf(req, 'rateLimit()');
    const ownTier = plan.tier(caller?.tier);
    const tier = overrideOf(caller) ?? ownTier;
    const client = clientOf(req, caller);
    const pattern = route === undefined ? 'unlisted' : route.path;
    let cost: number;
    let failed: unknown;
    try {
      cost = costOf(route, req);
    } catch (error) {
      // The call is charged all the same: a request that makes the function fail must not be free to repeat.
      failed = error;
      cost = route?.cost ?? 1;
    }

    const answer = (outcome: OutageOutcome): void => {
      metrics.decided(tier.name, pattern, outcomeName(outcome));
      // A time-out of the app's answered while the store was asked: the call is charged, and goes no further.
      if (res.headersSent) return;
      if (outcome === 'open') {
        setPolicyHeader(res, tier);
        next(failed);
        return;
      }
      if (outcome === 'closed') {
        setPolicyHeader(res, tier);
        refuseUndecided(res);
        return;
      }
      const standing = setHeaders(res, tier, outcome);
      if (outcome.allowed) {
        req.rateLimit = new RateLimitInfo(cost, client, tier.name, limiter, outcome);
        next(failed);
        return;
      }
      const retryAfter = refuseLimited(res, policy, tier, cost, standing, outcome);
      denied({
        client,
        tier: tier.name,
        route: pattern,
        cost,
        limit: standing.limit,
        ...(retryAfter !== undefined && { retryAfter }),
      });
    };

    const request = { client, cost, limits: tier.limits };
    // Limits of an organisation's own are reserved as those of its tier are.
    const mayReserve = isReservable(tier.name, route) || isReservable(ownTier.name, route);
    const clientBlocks = mayReserve ? blocks : undefined;
    const outcome = limiter.decide(request, route?.onStoreFailure ?? 'local', clientBlocks);
    if (outcome instanceof Promise) outcome.then(answer).catch(next);
    else answer(outcome);
  };
  return Object.assign(together(handle), {
    storeState: () => guarded.state,
    close: () => {
      clearInterval(sweeping);
      return blocks.close();
    },
  });
}
