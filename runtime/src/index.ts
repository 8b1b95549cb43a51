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
