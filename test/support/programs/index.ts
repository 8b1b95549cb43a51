/** Programs that only tests run: each found on PATH, else installed from where it is published. */
import type { EngineContext } from '../../../cli/src/engines/install/context';
import { findDebianBinary, type DebianBinary } from '../../../cli/src/engines/install/debian-binary';
import { pythonProgram, type PythonCommand, type PythonProgram } from './python-program';

/** From Debian's archive. */
const DEBIAN = {
  /** The browser that the tests of pages drive. */
  chromium: { binary: 'chromium' },
  /** A pooler in front of PostgreSQL. */
  pgbouncer: { binary: 'pgbouncer' },
  /** A database that speaks MySQL's protocol. */
  mariadbd: { binary: 'mariadbd', package: 'mariadb-server-core' },
  /** What MariaDB's installation asks for its options. */
  my_print_defaults: { binary: 'my_print_defaults', package: 'mariadb-client-core' },
  /** A scanner of web applications: Debian packages no ZAP. */
  wapiti: { binary: 'wapiti', alternative: 'with pip: wapiti3' },
} satisfies Record<string, DebianBinary>;

/** From PyPI, with everything that they need. */
const PYTHON = {
  /** A server that speaks AWS' own APIs and keeps what it is told in memory. */
  moto: { version: '5.2.5', module: 'moto.server', size: '320 MB' },
  /** Several vendors' rules about what a plan may make. */
  checkov: { version: '3.3.30', module: 'checkov.main', size: '290 MB' },
  /** Calls an API with what its OpenAPI document allows, and with what it does not. */
  schemathesis: { version: '4.32.5', module: 'schemathesis.cli', size: '90 MB' },
} satisfies Record<string, Omit<PythonProgram, 'name'>>;

/** The program's file. @throws PortcullisError `ERR_ENGINE_MISSING`, `ERR_ENGINE_BUILD` */
export function findProgram(
  name: keyof typeof DEBIAN,
  context: Pick<EngineContext, 'run' | 'note'>,
): Promise<string> {
  return findDebianBinary(DEBIAN[name], context);
}

/** How to start the program. @throws PortcullisError `ERR_ENGINE_MISSING`, `ERR_ENGINE_BUILD`, `ERR_CHECKSUM` */
export function findPythonProgram(name: keyof typeof PYTHON, context: EngineContext): Promise<PythonCommand> {
  return pythonProgram(context, { name, ...PYTHON[name] });
}
