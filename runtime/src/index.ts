/**
 * Middleware for Express 4.21 and 5 that obeys one policy: OAuth 2.0 access tokens, tiered rate limits, logins of people; and
 * secrets of Vault or OpenBao that rotate under the app.
 *
 * @module @portcullis/runtime
 */
export * from './auth';
export * from './http';
export {
  definePolicy,
  openApi,
  PolicyError,
  type Cors,
  type Duration,
  type Limit,
  type LimitKey,
  type OpenApiOptions,
  type OperationDetails,
  type Policy,
  type PolicyInput,
  type Problem,
  type Route,
} from './policy';
export * from './rate-limit';
export type { RedisClient, RedisCommands } from './redis';
export * from './secrets';
