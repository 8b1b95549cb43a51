/** `examples/shared-vault`: two APIs on one Vault, applied by the real engine; neither reaches what is the other's. */
import { VaultClient } from '../../cli/src/engines/vault-client';
import { TeamAccess } from '../../examples/shared-vault/team-access';
import { useAppliedStack } from '../integration/applied-stack';
import { until } from '../support/until';

const applied = useAppliedStack();
const admin = (): VaultClient => applied().admin;
const APIS = ['orders', 'billing'] as const;

beforeAll(async () => {
  await admin().write('sys/auth/machines', { type: 'approle' });
  await admin().write('sys/mounts/shared', { type: 'kv', options: { version: '2' } });
  await admin().write('sys/mounts/databases', { type: 'database' });
  await admin().write('databases/config/postgres', {
    plugin_name: 'postgresql-database-plugin',
    connection_url: 'postgresql://{{username}}:{{password}}@127.0.0.1:1/all',
    verify_connection: false,
    allowed_roles: APIS.map((api) => `${api}-role`),
    ...{ username: 'vault_admin', password: 'of-the-platform-team' },
  });
  for (const api of APIS)
    await until(() => admin().write(`shared/data/${api}/config`, { data: { of: api } }));
});

/** Logs in as an API does, with a secret ID that an orchestrator would mint. */
async function as(api: string): Promise<VaultClient> {
  const role = `auth/machines/role/${api}`;
  const { data: id } = await admin().read(`${role}/role-id`);
  const { data: secret } = await admin().write(`${role}/secret-id`);
  const { auth } = await admin().write<{ auth: { client_token: string } }>('auth/machines/login', {
    role_id: id?.role_id,
    secret_id: secret?.secret_id,
  });
  return new VaultClient(applied().vault.address, auth.client_token);
}

it('gives each API its own entries and users, and nothing of the other one', async () => {
  await applied().synthesize((stack) => {
    for (const api of APIS) new TeamAccess(stack, api, { api, memberOf: `${api}_app` });
  });
  const { code, output } = await applied().apply();
  expect({ code, output }).toEqual({ code: 0, output });
  expect(await applied().changes()).toEqual([]);

  for (const [api, other] of [APIS, [APIS[1], APIS[0]]] as const) {
    const service = await as(api);
    expect((await service.read(`shared/data/${api}/config`)).data?.data).toEqual({ of: api });
    // Vault lets it lease; no database stands behind this connection.
    await expect(service.read(`databases/creds/${api}-role`)).rejects.toThrow(/answered 500/);
    await expect(service.read(`shared/data/${other}/config`)).rejects.toThrow(/answered 403/);
    await expect(service.read(`databases/creds/${other}-role`)).rejects.toThrow(/answered 403/);
  }
});
