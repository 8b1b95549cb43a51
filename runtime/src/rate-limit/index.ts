export { rateLimit, type RateLimitOptions } from './rate-limit';
export type { RedisCommands } from './redis-commands';
