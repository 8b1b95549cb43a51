import type { EngineContext } from '../install/context';
import { pythonProgram, type PythonCommand } from '../install/python-program';

/**
 * moto: a server that speaks AWS' own APIs and keeps what it is told in memory.
 * @throws PortcullisError `ERR_ENGINE_MISSING`, `ERR_ENGINE_BUILD`, `ERR_CHECKSUM`
 */
export const findMoto = (context: EngineContext): Promise<PythonCommand> =>
  pythonProgram(context, { name: 'moto', version: '5.2.5', module: 'moto.server', size: '320 MB' });
