export * from './auth';
export * from './http';
export * from './policy';
export * from './rate-limit';
export type { RedisClient, RedisCommands } from './redis';
export * from './secrets';
