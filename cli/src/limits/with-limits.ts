import { ClientLimits, StoreUnavailableError } from '@portcullis/runtime';
import { policy } from '../../../policy';
import { REDIS_ROLES } from '../../../vault-names';
import { PortcullisError, messageOf } from '../errors';
import { withLeasedRedis } from '../leased-redis';

/** What support sees and does about limits, on the Redis that the environment names. @throws PortcullisError */
export async function withLimits<T>(work: (limits: ClientLimits) => Promise<T>): Promise<T> {
  return withLeasedRedis(process.env, REDIS_ROLES.support, async (redis) => {
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
