/** An environment's PostgreSQL, which takes nobody but over TLS. */
import { chown, copyFile, chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { escapeLiteral } from 'pg';
import type { Run } from '../../cli/src/engines/process/run';
import { withClient } from '../../cli/src/local/postgres-admin';
import { startPostgres, unprivileged, type PostgresServer } from '../../cli/src/local/servers/postgres';
import type { Certificates } from '../support/certificates';

export async function startDatabase(run: Run, { certificate, key }: Certificates): Promise<PostgresServer> {
  const user = await unprivileged();
  const folder = await run.subfolder('postgres-tls', user);
  const own = async (file: string, name: string): Promise<string> => {
    const copy = join(folder, name);
    await copyFile(file, copy);
    await chmod(copy, 0o600);
    if (user !== undefined) await chown(copy, user.uid, user.gid);
    return copy;
  };
  const postgres = await startPostgres(run);
  await withClient(postgres.adminUrl, async (query) => {
    const [row] = await query<{ hba_file: string }>('show hba_file');
    const rules = await readFile(row?.hba_file ?? '', 'utf8');
    await writeFile(
      row?.hba_file ?? '',
      // The superuser is this machine's; everybody else comes over the network.
      `host all postgres 127.0.0.1/32 scram-sha-256\n${rules.replace(/^host /gm, 'hostssl ')}`,
    );
    await query(`alter system set ssl_cert_file = ${escapeLiteral(await own(certificate, 'server.pem'))}`);
    await query(`alter system set ssl_key_file = ${escapeLiteral(await own(key, 'server.key'))}`);
    await query('alter system set ssl = on');
    await query('select pg_reload_conf()');
  });
  return postgres;
}
