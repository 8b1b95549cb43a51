import type { EngineContext } from '../install/context';
import { findDebianBinary } from '../install/debian-binary';

/**
 * The binary of a Redis.
 * @throws PortcullisError `ERR_ENGINE_MISSING`, `ERR_ENGINE_BUILD`
 */
export const findRedis = (context: Pick<EngineContext, 'run' | 'note'>): Promise<string> =>
  findDebianBinary(
    { binary: 'redis-server', alternative: 'name a server of your own with --redis-url' },
    context,
  );
