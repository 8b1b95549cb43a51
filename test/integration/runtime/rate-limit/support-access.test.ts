/** What support may do, in the environment that is really deployed. */
import { withLeasedRedis } from '../../../../cli/src/connections/leased-redis';
import { putField } from '../../../../cli/src/secrets/put';
import { VaultClient, VaultError } from '../../../../cli/src/engines/vault-client';
import { policy } from '../../../../policy';
import { MOUNTS, REDIS_ROLES } from '../../../../vault-names';
import { deployed } from '../../../support/deployed';

const SUPPORT = { mount: MOUNTS.database, role: REDIS_ROLES.support };

describe('support, with a token of its own policy', () => {
  let token: string;
  beforeAll(async () => {
    const admin = new VaultClient(deployed().vault.address, deployed().vault.rootToken);
    const support = { policies: [`${policy.name}-support`], no_default_policy: true, ttl: '120s' };
    token = (await admin.write('auth/token/create', support)).auth?.client_token ?? '';
  });

  const env = () => ({
    VAULT_ADDR: deployed().vault.address,
    VAULT_TOKEN: token,
    REDIS_HOST: deployed().redis.host,
    REDIS_PORT: String(deployed().redis.port),
  });

  test('leases a Redis user that reads counters and deletes them, and writes none; it ends with the work', async () => {
    let user = '';
    await withLeasedRedis(env(), SUPPORT, async (redis) => {
      user = redis.options.username ?? '';
      const read = `return redis.call('MGET', KEYS[1])`;
      expect(await redis.sendCommand(['EVAL', read, '1', 'portcullis:{nobody}:60'])).toEqual([null]);
      expect(await redis.sendCommand(['DEL', 'portcullis:{nobody}:60'])).toBe(0);
      for (const refused of [
        ['SET', 'portcullis:{nobody}:60', '0'],
        ['EVAL', `return redis.call('SET', KEYS[1], '0')`, '1', 'portcullis:{nobody}:60'],
        ['DEL', 'elsewhere'],
        ['KEYS', '*'],
        ['CONFIG', 'GET', '*'],
      ])
        await expect(redis.sendCommand(refused)).rejects.toThrow(/NOPERM|can't run this command/);
    });
    expect(user).toMatch(/^V_/i);
    await expect(
      withLeasedRedis({ ...env(), REDIS_URL: deployed().redis.adminUrl }, SUPPORT, (redis) =>
        redis.sendCommand(['ACL', 'GETUSER', user]),
      ),
    ).resolves.toBeNull();
  });

  test('puts one limit with the command, where there is none yet and beside others', async () => {
    const support = new VaultClient(deployed().vault.address, token);
    const path = `secret/${policy.name}/limits`;
    const version = await putField(support, { path, field: 'acme-put', value: '5000/1m' });
    await expect(putField(support, { path, field: 'acme-put', value: '6000/1m' })).resolves.toBe(version + 1);
    const { data } = await support.read(`secret/data/${policy.name}/limits`);
    expect(data?.data).toMatchObject({ 'acme-put': '6000/1m' });
  });

  test('writes limits, and reads no other entry', async () => {
    const support = new VaultClient(deployed().vault.address, token);
    await support.write(`secret/data/${policy.name}/limits`, { data: { 'acme-of-support': '5000/1m' } });
    await expect(support.read(`secret/data/${policy.name}/config`)).rejects.toThrow(VaultError);
    await expect(support.read('database/creds/redis-role')).rejects.toThrow(VaultError);
    await expect(support.read('database/creds/redis-sweep-role')).rejects.toThrow(VaultError);
  });
});
