import type { EngineContext } from '../install/context';
import { findDebianBinary } from '../install/debian-binary';

/**
 * The binary of wrk, the load generator of the benchmarks.
 * @throws LocalError `engine_missing`, `engine_build_failed`
 */
export const findWrk = (context: Pick<EngineContext, 'run' | 'note'>): Promise<string> =>
  findDebianBinary({ binary: 'wrk', alternative: 'on macOS: brew install wrk' }, context);
