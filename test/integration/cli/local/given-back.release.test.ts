/** Servers of the user's own are as they were. When something broke meanwhile: given-back-broken.release.test.ts. */
import { readFile } from 'node:fs/promises';
import { startEnvironment } from '../../../../cli/src/local/environment';
import type { ServerChanges } from '../../../../cli/src/local/given/inspect';
import { redisCommand } from '../../../../cli/src/local/servers/redis';
import { useOpenBao, usePostgres, useRedis } from '../../../support/engines';
import { snapshotOf, type OwnServers } from './own-servers';

const openbao = useOpenBao();
const postgres = usePostgres();
const redis = useRedis();

const servers = (): OwnServers => ({
  vault: { address: openbao().address, token: openbao().rootToken },
  databaseUrl: postgres().adminUrl,
  redisUrl: redis().adminUrl,
});

it('after a run, and after a second one; what will be changed is said before', async () => {
  const before = await snapshotOf(servers());
  const aclFile = await readFile(await usersFile(), 'utf8');
  const users: string[] = [];
  for (let start = 1; start <= 2; start += 1) {
    let said: readonly ServerChanges[] = [];
    const environment = await startEnvironment({
      given: servers(),
      confirm: async (changes) => {
        said = changes;
        // Nothing has been changed yet.
        await expect(snapshotOf(servers())).resolves.toEqual(before);
      },
    });
    try {
      expect(environment.vault.address).toBe(openbao().address);
      expect(environment.postgres.port).toBe(postgres().port);
      expect(environment.redis.port).toBe(redis().port);
      await expect(environment.pendingChanges()).resolves.toEqual([]);
      const service = await environment.serve();
      const token = await environment.identity.token('pro');
      const answer = await fetch(`${service.url}/api/transactions`, {
        headers: { Authorization: `Bearer ${token}` },
      });
      expect(answer.status).toBe(200);
      // It has logged in, leased users and counted the request.
      await expect(redisCommand(redis().adminUrl, ['DBSIZE'])).resolves.toBeGreaterThan(0);
      users.push(environment.vaultUser);
    } finally {
      await environment.stop();
    }
    await expect(snapshotOf(servers())).resolves.toEqual(before);
    await expect(readFile(await usersFile(), 'utf8')).resolves.toBe(aclFile);
    const text = said.map(({ server, changes }) => [server, ...changes].join('\n')).join('\n');
    expect(text).toContain(`Vault at ${openbao().address}`);
    expect(text).toMatch(/mounts .*secret/);
    expect(text).toContain('makes the database fintech');
    expect(text).toContain(`makes the ACL user ${users.at(-1) ?? ''}`);
  }
  // Of its own name in each installation.
  expect(new Set(users).size).toBe(2);
  expect(users.every((user) => /^vault_admin_[0-9a-f]{12}$/.test(user))).toBe(true);
});

/** Where Redis keeps its users: a server of the user's own has its file as it was. */
async function usersFile(): Promise<string> {
  const answer = await redisCommand(redis().adminUrl, ['CONFIG', 'GET', 'aclfile']);
  return (answer as { aclfile: string }).aclfile;
}
