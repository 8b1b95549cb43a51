import { appRole, SecretsManager, type SecretsEvent } from '@portcullis/runtime';
import { z } from 'zod';
import { until } from '../../../support/until';
import { VaultClient } from '../../../../cli/src/engines/vault-client';
import { openBaoBinary, usePostgres, useServer } from '../../../support/engines';
import { startRaftCluster } from '../../../support/raft-cluster';

// Bounds of real time on a machine that others use too: what is tried again says why it failed.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

const cluster = useServer(async (run) => startRaftCluster(run, await openBaoBinary(run)));
const postgres = usePostgres();

/** Everything that a service with one database role needs, on the leader. */
async function configure(admin: VaultClient): Promise<{ roleId: string; secretId: string }> {
  const url = new URL(postgres().adminUrl);
  await admin.write('sys/mounts/database', { type: 'database' });
  await admin.write('database/config/postgres', {
    plugin_name: 'postgresql-database-plugin',
    connection_url: `postgresql://{{username}}:{{password}}@${url.host}/postgres?sslmode=disable`,
    username: url.username,
    password: url.password,
    allowed_roles: '*',
  });
  await admin.write('database/roles/pg', {
    db_name: 'postgres',
    creation_statements: [`CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}';`],
    default_ttl: '600s',
    max_ttl: '600s',
  });
  await admin.write('sys/policies/acl/service', {
    policy: `path "database/creds/pg" { capabilities = ["read"] }
             path "sys/leases/revoke/database/creds/pg/*" { capabilities = ["update"] }
             path "secret/data/app" { capabilities = ["read"] }`,
  });
  await admin.write('sys/mounts/secret', { type: 'kv', options: { version: '2' } });
  await until(() => admin.write('secret/data/app', { data: { host: 'db' } }));
  await admin.write('sys/auth/approle', { type: 'approle' });
  await admin.write('auth/approle/role/app', { token_policies: ['service'], token_period: '60s' });
  const { data: role } = await admin.read('auth/approle/role/app/role-id');
  const { data: secret } = await admin.write('auth/approle/role/app/secret-id');
  return { roleId: role?.role_id as string, secretId: secret?.secret_id as string };
}

test('the leader of three nodes is killed under load: no query is lost, and rotations go on with the next leader', async () => {
  const { nodes, rootToken } = cluster();
  const leader = await cluster().leader();
  const login = appRole(await configure(new VaultClient(leader.address, rootToken)));
  const events: SecretsEvent[] = [];
  // At once: a standby refuses a secret ID that has not reached it yet, and then another server is asked.
  const secrets = await SecretsManager.connect({
    // The leader comes last, so that standbys are asked first: they pass on what only it may do.
    address: [...nodes.filter((node) => node !== leader), leader].map(({ address }) => address),
    login,
    onEvent: (event) => events.push(event),
  });
  const { host, port } = postgres();
  const pool = secrets.postgresPool('pg', { host, port, database: 'postgres', max: 10 });
  const failures: unknown[] = [];
  let done = 0;
  let working = true;
  const load = Array.from({ length: 20 }, async () => {
    while (working) {
      await pool.query('select pg_sleep(0.01)').then(
        () => (done += 1),
        (error: unknown) => failures.push(error),
      );
    }
  });
  try {
    await secrets.rotate();
    await leader.server.kill('SIGKILL');
    await until(() => secrets.rotate(), { everyMs: 200 });
    await expect(secrets.kv('secret/app', z.object({ host: z.string() }))).resolves.toHaveProperty(
      'host',
      'db',
    );
  } finally {
    working = false;
    await Promise.all(load);
  }
  expect(failures).toEqual([]);
  expect(done).toBeGreaterThan(100);
  expect(secrets.readiness()).toEqual({ ready: true, problems: [] });
  expect(events.filter(({ type }) => type === 'credential_expired' || type === 'token_replaced')).toEqual([]);
  await secrets.close();
});
