import { chown, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { LOOPBACK, onPort } from '../../cli/src/engines/process/ports';
import type { Run } from '../../cli/src/engines/process/run';
import { randomPassword } from '../../cli/src/engines/random';
import { unprivileged } from '../../cli/src/local/servers/postgres';
import { Server } from '../../cli/src/local/servers/server';
import { findProgram } from './programs';

/** A MariaDB, and the user that Vault works with. */
export type MariaDb = Server & {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
};

/** Starts Debian's MariaDB. @param statements run before anybody connects. */
export async function startMariaDb(run: Run, statements: readonly string[]): Promise<MariaDb> {
  const context = { run, note: () => undefined };
  const binary = await findProgram('mariadbd', context);
  await findProgram('my_print_defaults', context);
  const user = await unprivileged();
  const folder = await run.subfolder('mariadb', user);
  const data = join(folder, 'data');
  const installed = await run.spawn({
    name: 'mariadb-install-db',
    command: 'mariadb-install-db',
    args: [
      '--no-defaults',
      `--datadir=${data}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
    ],
    env: { PATH: process.env.PATH },
    user,
  });
  const { code } = await installed.exited;
  if (code !== 0) throw await installed.failure();

  const password = randomPassword();
  const first = join(folder, 'first.sql');
  const lines = [
    `CREATE USER vault@'%' IDENTIFIED BY '${password}';`,
    `GRANT ALL ON *.* TO vault@'%' WITH GRANT OPTION;`,
    ...statements,
  ];
  await writeFile(first, `${lines.join('\n')}\n`, { mode: 0o600 });
  if (user !== undefined) await chown(first, user.uid, user.gid);
  return onPort(undefined, 'MariaDB', async (port) => {
    const server = await Server.start(run, {
      process: {
        name: 'mariadb',
        command: binary,
        args: [
          ...['--no-defaults', `--datadir=${data}`, `--port=${port}`, `--bind-address=${LOOPBACK}`],
          ...[`--socket=${join(folder, 'socket')}`, `--init-file=${first}`, '--skip-name-resolve'],
        ],
        env: { PATH: process.env.PATH },
        user,
      },
      answers: async () => {
        const socket = connect(port, LOOPBACK);
        await once(socket, 'data'); // Its greeting.
        socket.destroy();
      },
    });
    return Object.assign(server, { host: LOOPBACK, port, user: 'vault', password });
  });
}
