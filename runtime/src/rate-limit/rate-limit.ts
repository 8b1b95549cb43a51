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
import { CounterKeys, type Caller } from './client/counter-keys';
import { consumeBy, type Consume } from './consume';
import { allCallLimits } from './decide/call-limits';
import { costsOf } from './decide/costs';
import { Decider, type Decided } from './decide/decider';
import { DenyCache } from './decide/deny-cache';
import { keyValue } from './decide/key-value';
import { limitPlan } from './decide/limit-plan';
import { Limiter } from './decide/limiter';
import { OutagePolicy } from './decide/outage';
import { reservableCalls } from './decide/reservable-calls';
import { cappedDenials } from './events';
import { limiterMetrics, outcomeName } from './metrics';
import { resolveRateLimit, type RateLimitOptions } from './options';
import { RedisBlockStore } from './reserved/block-store';
import { ReservedBlocks } from './reserved/reserved-blocks';
import { shadowTeller } from './shadow';
import { GuardedRedis, type StoreState } from './store/guarded-redis';
import { RedisStore } from './store/redis-store';

/** The middleware. An outage of Redis degrades it, and does not stop it. */
export interface RateLimiter extends RequestHandler {
  /**
   * Takes a cost from a client's limits, without a request: for messages of a WebSocket, for jobs. It shares all counters
   * with the requests of that client. Rejects only with RangeError, for what no policy allows.
   *
   * @example
   * const limiter = rateLimit({ policy, redis });
   * const { allowed, retryAfter } = await limiter.consume({ client: 'org_acme', tier: 'pro', cost: 5 });
   */
  consume: Consume;
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
    keys,
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

  const windowsMs = allCallLimits(policy, plan).flatMap(
    ({ limits }) => limits.counted?.shape.windowsMs ?? [],
  );
  const blocks = new ReservedBlocks(
    new RedisBlockStore(guarded, plan.windowsMs, undefined, undefined, windowsMs),
    metrics.unitsSettled,
  );
  const sweeping = reserved && setInterval(() => blocks.sweep(), blocks.lifeMs).unref();
  const decider = new Decider({
    ...{ policy, plan, limiter, blocks },
    keys: new CounterKeys(names),
    overrides: (organisation) => overrides?.current(organisation),
    isReservable: reservableCalls(policy, reserved),
  });
  const told = shadowTeller(onEvent);

  /** @param hear of what a function of the app's throws. */
  const callerOfRequest = (
    req: Request,
    auth: AuthContext | undefined,
    hear: (error: unknown) => void,
  ): Caller => ({
    name: auth === undefined ? names.of('network', subscriberNetwork(addressOf(req))) : names.ofCaller(auth),
    auth,
    network: () => subscriberNetwork(addressOf(req)),
    value: (name) => keyValue(keys[name], req, hear),
  });

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
    const auth = callerOf(req, 'rateLimit()');
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

    const answer = (decided: Decided): void => {
      const { outcome, limits: tier, client } = decided;
      metrics.decided(tier.name, pattern, outcomeName(outcome));
      told(decided, pattern);
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

    const decided = decider.decide({
      caller: callerOfRequest(req, auth, (error) => (failed = error)),
      organisation: auth?.organisation,
      tier: auth?.tier,
      ...{ cost, route },
    });
    if (decided instanceof Promise) decided.then(answer).catch(next);
    else answer(decided);
  };
  return Object.assign(together(handle), {
    consume: consumeBy({ policy, names, decider, limiter, metrics, told }),
    storeState: () => guarded.state,
    close: () => {
      clearInterval(sweeping);
      return blocks.close();
    },
  });
}
