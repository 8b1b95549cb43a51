/** How the login talks to Redis: by small scripts, and never waiting for long. */
import type { Clock } from '../../../time/clock';

/** A connected Redis client: node-redis' own, or that of `SecretsManager.redisClient()`. */
export interface LoginRedis {
  sendCommand(args: string[]): Promise<unknown>;
}

const TIMEOUT_MS = 500;

/** Runs a script on one key. */
export type Evaluate = (script: string, key: string, ...values: string[]) => Promise<unknown>;

/**
 * @param prefix of keys: it keeps the sessions of apps that share a Redis apart. A cluster spreads them over its slots.
 * @returns a function that rejects if Redis does not answer in time.
 */
export function evaluator(redis: LoginRedis, prefix: string, clock: Clock): Evaluate {
  return (script, key, ...values) =>
    answerWithin(
      clock,
      TIMEOUT_MS,
      // A client may throw where it should reject.
      Promise.resolve().then(() =>
        redis.sendCommand(['EVAL', script, '1', `portcullis:{${prefix}:${key}}`, ...values]),
      ),
    );
}

/** @throws Error if the answer does not come in time. */
async function answerWithin<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T> {
  let cancel = (): void => undefined;
  const late = new Promise<never>((_resolve, reject) => {
    cancel = clock.after(ms, () => reject(new Error('Redis did not answer in time')));
  });
  return Promise.race([work, late]).finally(() => cancel());
}
