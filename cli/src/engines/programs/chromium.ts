import type { EngineContext } from '../install/context';
import { findDebianBinary } from '../install/debian-binary';

/**
 * The browser that the tests drive.
 * @throws LocalError `engine_missing`, `engine_build_failed`
 */
export const findChromium = (context: Pick<EngineContext, 'run' | 'note'>): Promise<string> =>
  findDebianBinary({ binary: 'chromium' }, context);
