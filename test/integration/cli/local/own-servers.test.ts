import { pingPostgres } from '../../../../cli/src/local/servers/postgres';
import { pingRedis } from '../../../../cli/src/local/servers/redis';
import { VaultClient } from '../../../../cli/src/engines/vault-client';
import { startEnvironment } from '../../../../cli/src/local/environment';
import { useOpenBao, usePostgres, useRedis } from '../../../support/engines';

const openbao = useOpenBao();
const postgres = usePostgres();
const redis = useRedis();

const env = (): NodeJS.ProcessEnv => ({
  VAULT_ADDR: openbao().address,
  VAULT_TOKEN: openbao().rootToken,
  DATABASE_URL: postgres().adminUrl,
  REDIS_URL: redis().adminUrl,
});

const mounts = async (): Promise<string[]> => {
  const { data = {} } = await new VaultClient(openbao().address, openbao().rootToken).read('sys/mounts');
  return Object.keys(data);
};

describe('servers of the user’s own', () => {
  it('are deployed to instead of embedded ones, outlive the run, and can be used again', async () => {
    const before = await mounts();
    for (let start = 1; start <= 2; start += 1) {
      const environment = await startEnvironment({ env: env() });
      try {
        expect(environment.vault.address).toBe(openbao().address);
        expect(environment.postgres.port).toBe(postgres().port);
        expect(environment.redis.port).toBe(redis().port);
        expect(await mounts()).toEqual(expect.arrayContaining(['database/', 'secret/']));
        await expect(environment.pendingChanges()).resolves.toEqual([]);
      } finally {
        await environment.stop();
      }
      expect(await mounts()).toEqual(before);
      await pingPostgres(postgres().adminUrl);
      await pingRedis(redis().adminUrl);
    }
  });
});
