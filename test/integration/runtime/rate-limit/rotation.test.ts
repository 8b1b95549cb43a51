import {
  appRole,
  ioredis,
  nodeRedis,
  SecretsManager,
  type RedisDriver,
  type RotatingRedis,
} from '@portcullis/runtime';
import { Redis as IoRedis } from 'ioredis';
import { redisCommand } from '../../../../cli/src/local/servers/redis';
import { VaultClient } from '../../../../cli/src/engines/vault-client';
import { mintWrappedLogin } from '../../../../cli/src/local/service';
import { policy } from '../../../../policy';
import { deployed } from '../../../support/deployed';
import { startUpstash } from '../../../support/upstash';
import { ACCESS_KEY, ElastiCacheDouble } from '../secrets/elasticache';
import { useShortLeases } from '../secrets/short-leases';
import { startLoad } from './load';
import { PATIENTLY } from '../../../support/patiently';

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
    await losesNoDecision(redis, () => secrets.rotate());
    await secrets.close();

    expect(users.size).toBe(1 + ROTATIONS);
  },
);

describe('sources that Vault leases no user for', () => {
  const leases = useShortLeases();
  const connected = async (): Promise<SecretsManager> => (await leases().connect()).secrets;

  test.each<[string, RedisDriver]>([
    ['node-redis', nodeRedis()],
    ['ioredis', ioredis(IoRedis)],
  ])('tokens of ElastiCache IAM, through %s', async (library, driver) => {
    const { adminUrl, host, port } = leases().redis;
    const double = new ElastiCacheDouble(adminUrl, `limiter-${library}`, 'limits');
    await double.create();
    await redisCommand(adminUrl, ['ACL', 'SETUSER', `limiter-${library}`, '~portcullis:*']);
    const secrets = await connected();
    const redis = secrets.redisClient(
      {
        ...{ kind: 'elasticache-iam', user: `limiter-${library}`, cache: 'limits', region: 'eu-central-1' },
        credentials: () => Promise.resolve(ACCESS_KEY),
      },
      { host, port, driver: double.behind(driver) },
    );
    await losesNoDecision(redis, () => secrets.rotate());
    expect(double.accepted.length).toBeGreaterThan(ROTATIONS);
  });

  test('addresses and tokens of Upstash, from one database’s name to another’s', async () => {
    const ends = await Promise.all(
      ['token-0', 'token-1'].map((token) => startUpstash(leases().redis.adminUrl, token)),
    );
    const write = (version: number): Promise<unknown> =>
      leases().admin.write('secret/data/upstash-limits', {
        data: { UPSTASH_REDIS_URL: ends[version % 2]!.url, UPSTASH_REDIS_TOKEN: `token-${version % 2}` },
      });
    await write(0);
    const secrets = await connected();
    const redis = secrets.redisClient({ kind: 'upstash', path: 'secret/upstash-limits' });
    let version = 0;
    await losesNoDecision(redis, async () => {
      await write((version += 1));
      await secrets.rotate();
    });
    for (const { commands } of ends) expect(commands).toContain('EVALSHA');
    await Promise.all(ends.map((end) => end.close()));
  });
});

/** The limiter under load, while its credentials are replaced over and over. */
async function losesNoDecision(redis: RotatingRedis, rotate: () => Promise<void>): Promise<void> {
  await redis.sendCommand(['PING']);
  // Only what is lost counts, not what a busy machine answers late.
  const load = await startLoad(redis, PATIENTLY);
  for (let rotation = 0; rotation < ROTATIONS; rotation += 1) {
    await rotate();
    await load.more(50);
  }
  await load.stop();
  expect(load.events).toEqual([]);
  expect(load.undecided).toEqual(new Map());
  expect([...load.answers.keys()].sort()).toEqual(['/closed 200', '/local 200', '/open 200']);
}
