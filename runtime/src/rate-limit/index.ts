/**
 * Rate limits: `rateLimit()` for an API's calls, `loginLimit()` for the guessing of credentials.
 *
 * Each room answers one question. A room imports only from those below it:
 *
 * - `login/` (beside `rate-limit.ts`): how many failed logins does a network, or an account, get?
 * - `anonymous/`: how many calls does a network get whose callers bring no token?
 * - `answer/`: what is the client told? Headers, refusals, `req.rateLimit`.
 * - `client/`: whose limit is it, and which one? Names, addresses, overrides, what support sees.
 * - `options.ts`, `events.ts`, `metrics.ts`: what the app says to a limiter and hears of it.
 * - `decide/`: is this call admitted? Costs, tiers, the deny cache, what happens in an outage.
 * - `report/`: who is denied most, and which overrides does each instance follow?
 * - `reserved/`: which units does this process hold in advance for a busy client?
 * - `store/`: what was each client charged? Windows, the Lua scripts, Redis with a time-out, memory.
 */
export { ClientLimits, type WindowUsage } from './client/client-limits';
export type { TrustedProxies } from './client/trusted-proxies';
export type { OverrideText } from './client/override-text';
export { overridesSchema, watchOverrides, type OrganisationLimits } from './client/overrides';
export { CostFunctionError, type CostFunction, type RouteKey } from './decide/costs';
export type { ReservedOptions } from './decide/reservable-calls';
export type { Refusal, RefusalBody } from './answer/refusal-body';
export type { RateLimitInfo } from './answer/request-info';
export type { Consume, Consumed, Consumer, Consumption } from './consume';
export { RateLimitOptionsError } from './errors';
export type { OnRateLimitEvent, RateLimitEvent } from './events';
export type { DeniedOrganisation, Reported } from './report/reports';
export { loginLimit } from './login/login-limit';
export type {
  AttemptLimit,
  KeyFunction,
  LoginLimitOptions,
  Overrides,
  OverridesSource,
  RateLimitOptions,
  WatchOverridesOptions,
  WatchedOverrides,
} from './options';
export { rateLimit, type RateLimiter } from './rate-limit';
export { MemoryStore, type MemoryStoreOptions } from './store/memory-store';
export { StoreUnavailableError, type StoreFailure, type StoreState } from './store/guarded-redis';
