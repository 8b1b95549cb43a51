import type { EngineContext } from '../install/context';
import { pythonProgram, type PythonCommand } from '../install/python-program';

/**
 * checkov: rules of many about what a plan may make.
 * @throws PortcullisError `ERR_ENGINE_MISSING`, `ERR_ENGINE_BUILD`, `ERR_CHECKSUM`
 */
export const findCheckov = (context: EngineContext): Promise<PythonCommand> =>
  pythonProgram(context, { name: 'checkov', version: '3.3.30', module: 'checkov.main', size: '290 MB' });
