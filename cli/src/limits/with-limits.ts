import { ClientLimits, StoreUnavailableError } from '@portcullis/runtime';
import type { Config } from '../config/define-config';
import { PortcullisError, messageOf } from '../errors';
import { withLeasedRedis } from '../connections/leased-redis';

/** What support sees and does about limits, on the Redis that the environment names. @throws PortcullisError */
export async function withLimits<T>(
  { policy, vault }: Config,
  work: (limits: ClientLimits) => Promise<T>,
): Promise<T> {
  const role = { mount: vault.database, role: vault.supportRole };
  return withLeasedRedis(process.env, role, async (redis) => {
    try {
      return await work(new ClientLimits(policy, redis));
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      throw new PortcullisError(
        'ERR_UNREACHABLE',
        `Redis does not do it: ${messageOf(error.cause ?? error)}`,
        'see that its user may run EVAL, EVALSHA, TIME, MGET and DEL on portcullis:*',
        { cause: error },
      );
    }
  });
}
