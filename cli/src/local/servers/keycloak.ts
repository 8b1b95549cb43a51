import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { LOOPBACK, onPort } from '../../engines/process/ports';
import type { Run } from '../../engines/process/run';
import { randomPassword } from '../../engines/random';
import type { KeycloakAccess } from '../../identity/admin-client';
import { Server } from './server';

export type KeycloakServer = Server & {
  readonly url: string;
  /** Of its administrator, a client of the realm master. */
  readonly access: KeycloakAccess;
};

/** Java, and a database of its own that it makes first, take their time on a busy machine. */
const START_MS = 240_000;

/**
 * Starts Keycloak for trying things out, with an empty database in the run's folder.
 * @param distribution what `findKeycloak()` found.
 * @throws PortcullisError `ERR_PORT_IN_USE`, `ERR_SERVER_FAILED`
 */
export async function startKeycloak(run: Run, distribution: string): Promise<KeycloakServer> {
  // It writes into its own folder.
  const home = await run.subfolder('keycloak');
  await cp(distribution, home, { recursive: true });
  const clientId = 'portcullis';
  const clientSecret = randomPassword();
  return onPort(undefined, 'Keycloak', async (port) => {
    const url = `http://${LOOPBACK}:${port}`;
    const server = await Server.start(run, {
      process: {
        name: 'keycloak',
        command: 'bash',
        args: [
          join(home, 'bin', 'kc.sh'),
          ...['start-dev', `--http-host=${LOOPBACK}`, `--http-port=${port}`],
        ],
        env: {
          PATH: process.env.PATH,
          JAVA_HOME: process.env.JAVA_HOME,
          JAVA_OPTS_APPEND: '-Xms256m -Xmx512m -XX:TieredStopAtLevel=1',
          KC_BOOTSTRAP_ADMIN_CLIENT_ID: clientId,
          KC_BOOTSTRAP_ADMIN_CLIENT_SECRET: clientSecret,
        },
      },
      answers: async () => {
        const { ok } = await fetch(`${url}/realms/master/.well-known/openid-configuration`, {
          signal: AbortSignal.timeout(5_000),
        });
        if (!ok) throw new Error('not yet');
      },
      startWithinMs: START_MS,
    });
    return Object.assign(server, { url, access: { url, clientId, clientSecret } });
  });
}
