import type { EngineContext } from '../install/context';
import { findDebianBinary } from '../install/debian-binary';

/**
 * The binary of wrk, the load generator of the benchmarks.
 * @throws PortcullisError `ERR_ENGINE_MISSING`, `ERR_ENGINE_BUILD`
 */
export const findWrk = (context: Pick<EngineContext, 'run' | 'note'>): Promise<string> =>
  findDebianBinary({ binary: 'wrk', alternative: 'on macOS: brew install wrk' }, context);
