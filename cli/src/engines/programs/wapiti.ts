import type { EngineContext } from '../install/context';
import { findDebianBinary } from '../install/debian-binary';

/**
 * The binary of wapiti: a scanner of web applications that Debian packages, as it packages no ZAP.
 * @throws PortcullisError `ERR_ENGINE_MISSING`, `ERR_ENGINE_BUILD`
 */
export const findWapiti = (context: Pick<EngineContext, 'run' | 'note'>): Promise<string> =>
  findDebianBinary({ binary: 'wapiti', alternative: 'with pip: wapiti3' }, context);
