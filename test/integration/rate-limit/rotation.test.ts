import { appRole, ioredis, nodeRedis, SecretsManager, type RedisDriver } from '@portcullis/runtime';
import { Redis as IoRedis } from 'ioredis';
import { VaultClient } from '../../../local/servers/vault-client';
import { mintWrappedLogin } from '../../../local/service';
import { policy } from '../../../policy';
import { deployed } from '../../support/deployed';
import { startLoad } from './load';

// Bounds of real time on a machine that others use too: what is tried again says why it failed.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

const ROTATIONS = 12;

test.each<[string, RedisDriver]>([
  ['node-redis', nodeRedis()],
  ['ioredis', ioredis(IoRedis)],
])(
  `${ROTATIONS} rotations of the deployed role's users under load cost no decision, through %s`,
  async (_, driver) => {
    const { vault, redis: server } = deployed();
    const users = new Set<string>();
    const secrets = await SecretsManager.connect({
      address: vault.address,
      policy,
      login: appRole(await mintWrappedLogin(new VaultClient(vault.address, vault.rootToken), policy.name)),
      onEvent: (event) => {
        if (event.type === 'credential_rotated') users.add(event.user);
      },
    });
    const redis = secrets.redisClient('redis-role', { host: server.host, port: server.port, driver });
    await redis.sendCommand(['PING']);
    // Only what is lost counts, not what a busy machine answers late.
    const load = await startLoad(redis, { timeoutMs: 2_000 });
    for (let rotation = 0; rotation < ROTATIONS; rotation += 1) {
      await secrets.rotate();
      await load.more(50);
    }
    await load.stop();
    await secrets.close();

    expect(users.size).toBe(1 + ROTATIONS);
    expect(load.events).toEqual([]);
    expect(load.undecided).toEqual(new Map());
    expect([...load.answers.keys()].sort()).toEqual(['/closed 200', '/local 200', '/open 200']);
  },
  60_000,
);
