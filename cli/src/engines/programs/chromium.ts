import type { EngineContext } from '../install/context';
import { findDebianBinary } from '../install/debian-binary';

/**
 * The browser that the tests drive.
 * @throws PortcullisError `ERR_ENGINE_MISSING`, `ERR_ENGINE_BUILD`
 */
export const findChromium = (context: Pick<EngineContext, 'run' | 'note'>): Promise<string> =>
  findDebianBinary({ binary: 'chromium' }, context);
