import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LOOPBACK, onPort } from '../../cli/src/engines/process/ports';
import type { Run } from '../../cli/src/engines/process/run';
import { pingPostgres, unprivileged, type PostgresAdmin } from '../../cli/src/local/servers/postgres';
import { Server } from '../../cli/src/local/servers/server';
import { findProgram } from './programs';
import { describeUnless } from './skipped';

/** `describe` where there is a PgBouncer, or can be. */
export const describeWithPgBouncer = describeUnless(
  spawnSync('pgbouncer', ['--version']).status === 0 ||
    (process.getuid?.() === 0 && existsSync('/etc/debian_version'))
    ? undefined
    : 'no pgbouncer is on PATH',
);

/** A PgBouncer in front of a PostgreSQL. */
export type PgBouncer = Server & { readonly host: string; readonly port: number };

/**
 * Starts Debian's PgBouncer as people run it with users that come and go: it looks passwords up in PostgreSQL and keeps
 * none (`auth_query`). https://www.pgbouncer.org/config.html
 */
export async function startPgBouncer(
  run: Run,
  postgres: PostgresAdmin,
  mode: 'session' | 'transaction',
): Promise<PgBouncer> {
  const binary = await findProgram('pgbouncer', { run, note: () => undefined });
  const user = await unprivileged();
  const folder = await run.subfolder(`pgbouncer-${mode}`, user);
  const admin = new URL(postgres.adminUrl);
  const write = async (name: string, lines: readonly string[]): Promise<string> => {
    const file = join(folder, name);
    await writeFile(file, `${lines.join('\n')}\n`, { mode: 0o600 });
    if (user !== undefined) await chown(file, user.uid, user.gid);
    return file;
  };
  const users = await write('users.txt', [`"${admin.username}" "${admin.password}"`]);

  return onPort(undefined, 'PgBouncer', async (port) => {
    const configuration = await write('pgbouncer.ini', [
      '[databases]',
      `* = host=${postgres.host} port=${postgres.port} auth_user=${admin.username}`,
      '[pgbouncer]',
      `listen_addr = ${LOOPBACK}`,
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = scram-sha-256',
      `auth_file = ${users}`,
      `pool_mode = ${mode}`,
      'default_pool_size = 20',
      'max_client_conn = 200',
      // Two minutes by default: so long may a query wait for a session of a user that is gone.
      'query_wait_timeout = 5',
      // What Debian's newer versions have by default: libraries send it.
      'ignore_startup_parameters = extra_float_digits,options',
    ]);
    const server = await Server.start(run, {
      process: {
        name: `pgbouncer-${mode}`,
        command: binary,
        args: [configuration],
        env: { PATH: process.env.PATH },
        user,
        stopSignal: 'SIGINT',
      },
      answers: () =>
        pingPostgres(`postgres://${admin.username}:${admin.password}@${LOOPBACK}:${port}/postgres`),
    });
    return Object.assign(server, { host: LOOPBACK, port });
  });
}
