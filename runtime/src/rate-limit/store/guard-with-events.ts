import type { OnRateLimitEvent } from '../events';
import { GuardedRedis } from './guarded-redis';
import { accessTo, type RedisClient } from '../../redis';

/** A guarded Redis whose changes are told as events. @throws TypeError when the client is not one to use. */
export function guard(redis: RedisClient, timeoutMs: number, onEvent: OnRateLimitEvent): GuardedRedis {
  return new GuardedRedis(accessTo(redis), {
    timeoutMs,
    onChange: ({ up, ...why }) => onEvent(up ? { type: 'store_up' } : { type: 'store_down', ...why }),
    onEvicting: (policy) => onEvent({ type: 'store_evicts', policy }),
  });
}
