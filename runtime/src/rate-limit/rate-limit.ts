import type { MeterProvider } from '@opentelemetry/api';
import type { Request, RequestHandler } from 'express';
import { routeOf } from '../http/route-of';
import { together } from '../http/together';
import { harmless } from '../listener';
import type { Policy } from '../policy';
import { clientAddress, subscriberNetwork, type TrustedProxies } from './client/client-address';
import { costsOf, type CostFunction, type RouteKey } from './decide/costs';
import { DenyCache } from './decide/deny-cache';
import { cappedDenials, type OnRateLimitEvent } from './events';
import { GuardedRedis, type StoreState } from './store/guarded-redis';
import { setHeaders, setPolicyHeader } from './answer/headers';
import { ClientNames } from './client/client-names';
import { RedisBlockStore } from './reserved/block-store';
import { reservableCalls, type ReservedOptions } from './reserved/reservable-calls';
import { ReservedBlocks } from './reserved/reserved-blocks';
import { Limiter } from './decide/limiter';
import { limiterMetrics, outcomeName } from './metrics';
import { checkRateLimit } from './options';
import { OutagePolicy, type OutageOutcome } from './decide/outage';
import type { OverridesSource } from './client/overrides';
import { limitPlan, type TierPlan } from './decide/limit-plan';
import { accessTo, type RedisClient } from '../redis';
import { RedisStore } from './store/redis-store';
import { refuseLimited, refuseUndecided } from './answer/refusals';
import { RateLimitInfo } from './answer/request-info';

export interface RateLimitOptions {
  /** Its tiers say how much, its routes what a call costs. */
  readonly policy: Policy;
  /** Where the counters are: a client of node-redis, ioredis or @upstash/redis, or `SecretsManager.redisClient()`. */
  readonly redis: RedisClient;
  /** Routes whose cost depends on the request, as `'POST /api/transactions/export'`. */
  readonly costs?: Readonly<Record<RouteKey, CostFunction>>;
  /**
   * Calls that may be admitted without a round trip, from blocks of units that this process reserves and charges
   * to the client in advance: `{ tiers: ['enterprise'] }`. Never more than the limit is admitted; a busy client
   * may be refused up to 5/65 of it, and what a killed process held. Default: none.
   */
  readonly reserved?: ReservedOptions;
  /** Organisations whose limits are not their tier's: `await watchOverrides(secrets, policy)`. Default: none. */
  readonly overrides?: OverridesSource;
  /** Whose X-Forwarded-For is believed for callers without a token: hops, or ranges. Default: nobody's. */
  readonly trustedProxies?: TrustedProxies;
  /** Longest wait for Redis, ms. Default: 50. */
  readonly timeoutMs?: number;
  /** Share of each limit that one process admits by itself while Redis does not answer. Default: 0.25. */
  readonly localShare?: number;
  /** Told of outages and, ten times a second at most, of denials. */
  readonly onEvent?: OnRateLimitEvent;
  /** Where the metrics go. Default: OpenTelemetry's global provider. */
  readonly meterProvider?: MeterProvider;
}

/** The middleware, and whether Redis decides, for `/readyz`: an outage degrades the limiter, it does not stop it. */
export interface RateLimiter extends RequestHandler {
  storeState(): StoreState;
  /** Gives reserved blocks back: at shutdown, while Redis is still connected. Never rejects. */
  close(): Promise<void>;
}

/**
 * Charges each request's cost to its caller and refuses, with 429, what does not fit in any trailing
 * window of the caller's tier. The caller is the organisation of the verified token, else its subject:
 * put this after `requireAuth()`. Without a token it is the network of the client's address, in the
 * default tier. Routes that the policy calls public are not limited.
 *
 * Every decided answer carries `X-RateLimit-Limit`, `-Remaining` and `-Reset` (seconds since 1970), and the
 * fields `RateLimit` and `RateLimit-Policy` of draft-ietf-httpapi-ratelimit-headers. While Redis does not
 * answer, each route's `onStoreFailure` decides; answers that nobody decided carry `RateLimit-Policy` alone.
 *
 * @throws RateLimitOptionsError with every problem of the options at once.
 *
 * @example
 * app.use(requireAuth({ policy }));
 * app.use(rateLimit({ policy, redis }));
 */
export function rateLimit(options: RateLimitOptions): RateLimiter {
  checkRateLimit(options);
  const { policy, redis, costs = {}, trustedProxies = 0, timeoutMs = 50, localShare = 0.25 } = options;
  const onEvent = harmless(options.onEvent);
  const plan = limitPlan(policy);
  const names = new ClientNames(policy.name);
  const addressOf = clientAddress(trustedProxies);
  const costOf = costsOf(policy, costs);
  const denied = cappedDenials(onEvent);
  const guarded = new GuardedRedis(accessTo(redis), { timeoutMs, onEvent });
  const metrics = limiterMetrics(options.meterProvider, () => guarded.state);
  const limiter = new Limiter(
    new RedisStore(guarded, plan.windowsMs),
    new OutagePolicy(plan.windowsMs, localShare),
    new DenyCache(),
    metrics,
  );

  const isReservable = reservableCalls(policy, options.reserved ?? {});
  const blocks = new ReservedBlocks(new RedisBlockStore(guarded, plan.windowsMs), metrics.unitsSettled);
  const sweeping = options.reserved && setInterval(() => blocks.sweep(), blocks.lifeMs).unref();

  const clientOf = (req: Request): string =>
    req.auth === undefined
      ? names.of('network', subscriberNetwork(addressOf(req)))
      : names.ofCaller(req.auth);

  const tierOf = ({ auth }: Request): TierPlan => {
    const override =
      auth?.organisation === undefined ? undefined : options.overrides?.current(auth.organisation);
    return override ?? plan.tier(auth?.tier);
  };

  const handle: RequestHandler = (req, res, next) => {
    const route = routeOf(policy, req);
    if (route?.public === true) {
      next();
      return;
    }
    const tier = tierOf(req);
    const client = clientOf(req);
    const pattern = route === undefined ? 'unlisted' : route.path;
    let cost: number;
    let failed: unknown;
    try {
      cost = costOf(route, req);
    } catch (error) {
      // Charged all the same: a request that makes the function fail must not be free to repeat.
      failed = error;
      cost = route?.cost ?? 1;
    }

    const answer = (outcome: OutageOutcome): void => {
      metrics.decided(tier.name, pattern, outcomeName(outcome));
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
      const { limit } = setHeaders(res, tier, outcome);
      if (outcome.allowed) {
        req.rateLimit = new RateLimitInfo(cost, client, tier.name, limiter, outcome);
        next(failed);
        return;
      }
      const retryAfter = refuseLimited(res, policy, tier, cost, limit, outcome);
      denied({
        client,
        tier: tier.name,
        route: pattern,
        cost,
        limit,
        ...(retryAfter !== undefined && { retryAfter }),
      });
    };

    const request = { client, cost, limits: tier.limits };
    const reserved = isReservable(tier.name, route) ? blocks : undefined;
    const outcome = limiter.decide(request, route?.onStoreFailure ?? 'local', reserved);
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
