import { readFile } from 'node:fs/promises';
import { createClient } from 'redis';
import { Client } from 'pg';
import { mintWrappedLogin } from '../../../../cli/src/local/service';
import { VaultClient, type VaultAnswer } from '../../../../cli/src/engines/vault-client';
import { deployed } from '../../../support/deployed';

const root = (): VaultClient => new VaultClient(deployed().vault.address, deployed().vault.rootToken);

/** Logs in as the service does, from a wrapped secret ID. */
async function logIn(): Promise<VaultClient> {
  const { address } = deployed().vault;
  const { roleId, wrappedSecretId } = await mintWrappedLogin(root(), 'fintech-api');
  const unwrapped = await new VaultClient(address, wrappedSecretId).write('sys/wrapping/unwrap');
  const { auth } = await new VaultClient(address).write('auth/approle/login', {
    role_id: roleId,
    secret_id: unwrapped.data?.secret_id,
  });
  return new VaultClient(address, auth?.client_token);
}

describe('the deployed environment', () => {
  it('lets the service log in with a wrapped secret ID, which unwraps once only', async () => {
    const { wrappedSecretId } = await mintWrappedLogin(root(), 'fintech-api');
    const wrapping = new VaultClient(deployed().vault.address, wrappedSecretId);
    await expect(wrapping.write('sys/wrapping/unwrap')).resolves.toMatchObject({
      data: { secret_id: expect.any(String) as string },
    });
    await expect(wrapping.write('sys/wrapping/unwrap')).rejects.toMatchObject({ status: 400 });
  });

  it('takes the orchestrator’s token away once the secret ID is wrapped, which unwraps all the same', async () => {
    const admin = root();
    const write = jest.spyOn(admin, 'write');
    const { wrappedSecretId } = await mintWrappedLogin(admin, 'fintech-api');
    const { auth } = (await write.mock.results[0]?.value) as VaultAnswer;
    const orchestrator = new VaultClient(deployed().vault.address, auth?.client_token);
    await expect(orchestrator.read('auth/approle/role/fintech-api/role-id')).rejects.toMatchObject({
      status: 403,
    });
    await new VaultClient(deployed().vault.address, wrappedSecretId).write('sys/wrapping/unwrap');
  });

  it('gives the service its configuration, with the database it is to use', async () => {
    const service = await logIn();
    const { data } = await service.read('secret/data/fintech-api/config');
    expect(data).toMatchObject({
      data: { db_host: deployed().postgres.host, db_port: String(deployed().postgres.port) },
    });
  });

  it('leases a PostgreSQL user that reads the demo rows and is dropped with its lease', async () => {
    const service = await logIn();
    const lease = await service.read('database/creds/fintech-api-role');
    const { username, password } = lease.data as { username: string; password: string };
    const url = new URL(deployed().postgres.databaseUrl);
    url.username = username;
    url.password = password;

    const leased = new Client(url.href);
    await leased.connect();
    const { rows } = await leased.query<{ orgs: number }>(
      'select count(distinct org_id)::int as orgs from fintech.transactions',
    );
    await leased.end();
    expect(rows).toEqual([{ orgs: 4 }]);

    await root().write('sys/leases/revoke', { lease_id: lease.lease_id, sync: true });
    await expect(new Client(url.href).connect()).rejects.toThrow(/password authentication failed/);
  });

  it('leases a Redis user that cannot manage users', async () => {
    const service = await logIn();
    const lease = await service.read('database/creds/redis-role');
    const { username, password } = lease.data as { username: string; password: string };
    const { host, port } = deployed().redis;
    const client = createClient({ url: `redis://${host}:${port}`, username, password });
    client.on('error', () => undefined);
    await client.connect();
    try {
      await expect(client.ping()).resolves.toBe('PONG');
      await expect(client.sendCommand(['ACL', 'LIST'])).rejects.toThrow(/NOPERM/);
    } finally {
      client.destroy();
      await root().write('sys/leases/revoke', { lease_id: lease.lease_id, sync: true });
    }
  });

  it('saved the password that Vault gave its Redis admin: a restart will not bring the old one back', async () => {
    const admin = createClient({ url: deployed().redis.adminUrl });
    admin.on('error', () => undefined);
    await admin.connect();
    try {
      const user = await admin.aclGetUser(deployed().vaultUser);
      const { aclfile = '' } = await admin.configGet('aclfile');
      expect(user?.passwords).toHaveLength(1);
      const saved = await readFile(aclfile, 'utf8');
      expect(saved).toMatch(
        new RegExp(`^user ${deployed().vaultUser} on .*#${user?.passwords[0] ?? ''} `, 'm'),
      );
      expect(saved).not.toMatch(/^user V_/m);
    } finally {
      admin.destroy();
    }
  });
});
