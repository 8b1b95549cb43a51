import type { EngineContext } from '../../../cli/src/engines/install/context';
import { goProgram, type GoProgram } from './go-program';

/** Holds files against rules in Rego: the usual way to judge a plan. */
const CONFTEST: GoProgram = {
  name: 'conftest',
  path: 'github.com/open-policy-agent/conftest',
  version: 'v0.71.1',
  sum: 'h1:M6MogKBsr76V7WVTgGgyGvKUsDtzFA3gaOrl7ciyqvQ=',
  package: '.',
};

/** @throws PortcullisError `ERR_ENGINE_MISSING`, `ERR_ENGINE_BUILD`, `ERR_CHECKSUM` */
export const findConftest = (context: EngineContext): Promise<string> => goProgram(context, CONFTEST);
