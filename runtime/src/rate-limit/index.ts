export type { AttemptLimit } from './attempts';
export type { TrustedProxies } from './client-address';
export { ClientLimits, type WindowUsage } from './client-limits';
export { CostFunctionError, type CostFunction, type RouteKey } from './costs';
export { RateLimitOptionsError } from './errors';
export type { OnRateLimitEvent, RateLimitEvent } from './events';
export { StoreUnavailableError, type StoreFailure, type StoreState } from './guarded-redis';
export type { LeasedOptions } from './leased';
export { loginLimit, type LoginLimitOptions } from './login-limit';
export {
  overridesSchema,
  watchOverrides,
  type Overrides,
  type OverridesSource,
  type WatchOverridesOptions,
} from './overrides';
export { rateLimit, type RateLimiter, type RateLimitOptions } from './rate-limit';
export type { RedisClient, RedisCommands } from './redis';
export type { RateLimitInfo } from './request-info';
