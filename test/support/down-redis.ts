import type { RedisClient } from '../../runtime/src';

/** A client that is connected to a Redis which refuses every command. */
export const downRedis: RedisClient = {
  isReady: true,
  sendCommand: () => Promise.reject(new Error('down')),
};
