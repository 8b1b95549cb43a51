import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Middleware, Next } from '../http/middleware';
import { callerOf, recognisedCallerOf } from '../auth/caller';
import type { AuthContext } from '../auth/context';
import { AMBIGUOUS_PATH, refuse } from '../http/answer';
import { isAmbiguous, routeOf } from '../http/route-of';
import { together } from '../http/together';
import type { Route } from '../policy';
import { NetworkLimit } from './anonymous/network-limit';
import { decisionAnswers } from './answer/answer-decision';
import { RateLimitInfo, type Refunds } from './answer/request-info';
import { clientAddress, networksOf } from './client/client-address';
import { ClientNames } from './client/client-names';
import { CounterKeys } from './client/counter-keys';
import { watchForProxies } from './client/trusted-proxies';
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
import { limiterMetrics } from './metrics';
import { resolveRateLimit, type RateLimitOptions } from './options';
import { Reporter } from './report/reporter';
import { ReservedBlocks } from './reserved/reserved-blocks';
import { shadowTeller } from './shadow';
import { chosenStore } from './chosen-store';
import type { StoreState } from './store/guarded-redis';

/** The middleware of a limiter. It goes on during an outage of Redis, as the routes' `onStoreFailure` says. */
export interface RateLimiter extends Middleware {
  /**
   * Charges a cost to a client's limits without a request: for WebSocket messages, for jobs. It shares all counters with
   * the requests of that client. It rejects only with a RangeError, for a cost or a route that no policy allows.
   *
   * @example
   * const limiter = rateLimit({ policy, redis });
   * const { allowed, retryAfter } = await limiter.consume({ client: 'org_acme', tier: 'pro', cost: 5 });
   */
  consume: Consume;
  /** Whether Redis decides, for `/readyz`. */
  storeState(): StoreState;
  /**
   * Counts a request whose authentication failed, by its network, then answers it: by `answer`, or with 429.
   * `requireAuth({ limiter })` calls it. It counts nothing if `trustedProxies` is not stated.
   *
   * @param answer sends the 400 or 401 that the request would get otherwise.
   * @param expiredToken a token with which nothing is wrong but its age. It is counted by itself, so that no
   *   neighbour's failures come between its client and the word that it has to refresh.
   */
  authenticationFailed(
    req: IncomingMessage,
    res: ServerResponse,
    answer: () => void,
    expiredToken?: string,
  ): Promise<void>;
  /** Gives back what reserved blocks still hold. Call it at shutdown, while Redis is connected. Never rejects. */
  close(): Promise<void>;
}

/** A request, and who goes on with it. */
interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly next: Next;
  readonly route: Route | undefined;
  readonly caller: AuthContext | undefined;
  cost: number;
  /** What the app's error handler is told, once the call is charged. */
  failed: unknown;
}

/** In metrics and events, the route of requests that failed to authenticate. */
const FAILED_AUTHENTICATION = 'failed-authentication';

/** In metrics and events, the route of requests that the policy does not list. */
const UNLISTED = 'unlisted';

/**
 * Charges the cost of each request to its caller, and answers 429 if it does not fit into a trailing window of the caller's
 * tier. The caller is the organisation of the verified token, else its subject: mount this after `requireAuth()`. A path
 * that servers read differently (`/files/../admin`) is answered 400 and charged to nobody.
 *
 * Without a token the caller is the network of the client's address (an IPv4 address, an IPv6 /64; a /48 has room for
 * sixteen that are at their limit), in the policy's tier `anonymous`, else in its default tier. Two kinds of requests are
 * counted by network, separately:
 *
 * - calls of routes that the policy marks `public`, if it has a tier `anonymous` and the route's `limit` is not `false`.
 *   A caller whose token this process has verified already is counted as that caller instead;
 * - requests whose authentication failed, if `requireAuth({ limiter })` is given this limiter. A good token passes, however
 *   many others fail on its network.
 *
 * Both need `trustedProxies`: behind a proxy that is not stated, all clients would be one.
 *
 * Answers have the headers `X-RateLimit-Limit`, `-Remaining` and `-Reset` (seconds since 1970), and `RateLimit` and
 * `RateLimit-Policy` of draft-ietf-httpapi-ratelimit-headers. While Redis does not answer, each route's `onStoreFailure`
 * decides; an answer that it lets through uncounted has `RateLimit-Policy` alone.
 *
 * Its middleware passes ForeignAuthError to the app's error handler if another library set `req.auth`.
 *
 * @throws RateLimitOptionsError with every problem of the options at once.
 *
 * @example
 * const limiter = rateLimit({ policy, redis, trustedProxies: 1 });
 * app.use(requireAuth({ policy, limiter }));
 * app.use(limiter);
 */
export function rateLimit(options: RateLimitOptions): RateLimiter {
  const {
    policy,
    redis,
    store,
    costs,
    keys,
    reserved,
    overrides,
    trustedProxies,
    timeoutMs,
    localShare,
    refusalBody,
    onEvent,
    meterProvider,
  } = resolveRateLimit(options);
  const plan = limitPlan(policy);
  const names = new ClientNames(policy.name);
  const addressOf = clientAddress(trustedProxies);
  const costOf = costsOf(policy, costs);
  const chosen = chosenStore('rateLimit()', { redis, store }, { timeoutMs, onEvent });
  const metrics = limiterMetrics(meterProvider, chosen.state);
  const limiter = new Limiter(
    chosen.countersOf(plan.windowsMs),
    new OutagePolicy(plan.windowsMs, localShare),
    new DenyCache(),
    metrics,
  );

  const windowsMs = allCallLimits(policy, plan).flatMap(
    ({ limits }) => limits.counted?.shape.windowsMs ?? [],
  );
  const blockStore = reserved && chosen.blocksOf?.(plan.windowsMs, windowsMs);
  const blocks = blockStore && new ReservedBlocks(blockStore, metrics.unitsSettled);
  const sweeping = blocks && setInterval(() => blocks.sweep(), blocks.lifeMs).unref();
  const decider = new Decider({
    ...{ policy, plan, limiter, blocks },
    keys: new CounterKeys(names),
    overrides: (organisation) => overrides?.current(organisation),
    isReservable: reservableCalls(policy, reserved),
  });
  const told = shadowTeller(onEvent);

  const denied = cappedDenials(onEvent);
  const answer = decisionAnswers({ policy, metrics, told, denied, bodyOf: refusalBody });
  // A process that counts in its own memory has nobody to report to.
  const reporter = chosen.redis && new Reporter(chosen.redis, names, () => overrides?.version);

  const countsNetworks = trustedProxies !== undefined;
  const lookForProxy = watchForProxies(
    'rateLimit()',
    trustedProxies,
    'neither public routes nor failed authentications are limited by network',
  );
  const anonymous = plan.anonymous ?? plan.tier(undefined);
  const networks = new NetworkLimit({ decider, limiter, names, plan, tier: anonymous });

  const isCounted = (route: Route | undefined): boolean =>
    route?.public !== true || (route.limit && countsNetworks && plan.anonymous !== undefined);

  /** For `portcullis limits top`. */
  const refused = (caller: Pick<AuthContext, 'issuer' | 'organisation'> | undefined): void => {
    if (caller?.organisation !== undefined) reporter?.denied.note(caller.issuer, caller.organisation);
  };

  /** The call goes on, unless it has been answered. */
  const settle = (exchange: Exchange, decided: Decided, charged: Refunds): void => {
    const { req, res, route, caller } = exchange;
    const standing = answer(res, decided, route?.path ?? UNLISTED);
    if (standing === undefined) {
      refused(caller);
      return;
    }
    if (standing !== 'open' && typeof decided.outcome === 'object')
      req.rateLimit = new RateLimitInfo(decided, standing, charged, decided.outcome);
    exchange.next(exchange.failed);
  };

  const chargeCaller = (exchange: Exchange, caller: AuthContext): void => {
    const { req, cost, route } = exchange;
    const { organisation, tier } = caller;
    const who = {
      name: names.ofCaller(caller),
      auth: caller,
      network: () => networksOf(addressOf(req)).network,
      value: (name: string) => keyValue(keys[name], req, (error) => (exchange.failed = error)),
    };
    const decided = decider.decide({ caller: who, organisation, tier, cost, route });
    if (!(decided instanceof Promise)) {
      settle(exchange, decided, limiter);
      return;
    }
    // `try`, because a `catch()` would cost a second promise. The first never rejects.
    void decided.then((one) => {
      try {
        settle(exchange, one, limiter);
      } catch (error) {
        exchange.next(error);
      }
    });
  };

  /**
   * By network. On a public route, which is nobody's quota, who brings a token that was verified before is counted as if
   * alone on a network: no neighbour keeps them out.
   */
  const chargeNetwork = (exchange: Exchange): void => {
    const { req, cost, route, caller, next } = exchange;
    lookForProxy(req);
    const call = {
      ...({ count: 'network', cost, route } as const),
      value: (name: string) => keyValue(keys[name], req, (error) => (exchange.failed = error)),
    };
    const charged =
      caller === undefined
        ? networks.charge(addressOf(req), call)
        : networks.chargeOne(names.of('recognised', names.ofCaller(caller)), undefined, call);
    charged.then((one) => settle(exchange, one.decided, one)).catch(next);
  };

  const handle: Middleware = (req, res, next) => {
    const route = routeOf(policy, req);
    if (isAmbiguous(req, route)) {
      refuse(res, AMBIGUOUS_PATH);
      return;
    }
    if (!isCounted(route)) {
      if (route?.limit) lookForProxy(req);
      next();
      return;
    }
    const isPublic = route?.public === true;
    const caller = isPublic ? recognisedCallerOf(req) : callerOf(req, 'rateLimit()');
    const exchange: Exchange = { req, res, next, route, caller, cost: 0, failed: undefined };
    try {
      exchange.cost = costOf(route, req);
    } catch (error) {
      // The call is charged all the same: a request that makes the function fail must not be free to repeat.
      exchange.failed = error;
      exchange.cost = route?.cost ?? 1;
    }
    if (isPublic || caller === undefined) chargeNetwork(exchange);
    else chargeCaller(exchange, caller);
  };

  const authenticationFailed: RateLimiter['authenticationFailed'] = async (
    req,
    res,
    answerAsTold,
    expiredToken,
  ) => {
    lookForProxy(req);
    if (!countsNetworks) {
      answerAsTold();
      return;
    }
    const count = FAILED_AUTHENTICATION;
    // A function of the app's is for requests that it serves.
    const call = { count, cost: 1, value: () => undefined } as const;
    const { decided } = await (expiredToken === undefined
      ? networks.charge(addressOf(req), call)
      : networks.chargeOne(names.of('expired', expiredToken), undefined, call));
    if (answer(res, decided, count) !== undefined) answerAsTold();
  };

  return Object.assign(together(handle), {
    consume: consumeBy({ policy, names, decider, limiter, metrics, told, denied, refused }),
    storeState: chosen.state,
    authenticationFailed,
    close: async () => {
      clearInterval(sweeping);
      denied.flush();
      told.flush();
      await Promise.all([blocks?.close(), reporter?.close()]);
    },
  });
}
