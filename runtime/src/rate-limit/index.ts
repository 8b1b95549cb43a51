export type { AttemptLimit } from './login/attempts';
export type { TrustedProxies } from './client/client-address';
export { ClientLimits, type WindowUsage } from './client/client-limits';
export { CostFunctionError, type CostFunction, type RouteKey } from './decide/costs';
export { RateLimitOptionsError } from './errors';
export type { OnRateLimitEvent, RateLimitEvent } from './events';
export { StoreUnavailableError, type StoreFailure, type StoreState } from './store/guarded-redis';
export type { ReservedOptions } from './reserved/reservable-calls';
export { loginLimit, type LoginLimitOptions } from './login/login-limit';
export {
  overridesSchema,
  watchOverrides,
  type Overrides,
  type OverridesSource,
  type WatchOverridesOptions,
} from './client/overrides';
export { rateLimit, type RateLimiter, type RateLimitOptions } from './rate-limit';
export type { RedisClient, RedisCommands } from '../redis';
export type { RateLimitInfo } from './answer/request-info';
