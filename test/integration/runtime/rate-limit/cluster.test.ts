import { redisCommand } from '../../../../cli/src/local/servers/redis';
import { ClientNames } from '../../../../runtime/src/rate-limit/client/client-names';
import { SLOTS, slotOf } from '../../../../runtime/src/redis/slots';
import { outagePolicy, startLoad } from './load';
import { ioRedisCluster, nodeRedisCluster, startCluster, type TestCluster } from './redis-cluster';

// Bounds of real time on a machine that others use too: what is tried again says why it failed.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

/** The first master has a third of the slots, from 0 on; beyond the next boundary of 256 none is near its own. */
const FIRST_FOREIGN_SLOT = Math.ceil(SLOTS / 3 / 256) * 256;

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startCluster(2_000);
});
afterEach(() => cluster.stop());

test.each([
  ['node-redis', nodeRedisCluster],
  ['ioredis', ioRedisCluster],
] as const)(
  'when a master dies under load, %s lets the other shards decide, nobody is hurt, and its replica takes over',
  async (_, connect) => {
    const { client, end } = await connect(cluster);
    const load = await startLoad(client);
    try {
      await cluster.masters[0].kill('SIGKILL');
      await load.waitFor('down');
      await load.more(200);
      await cluster.failedOver();
      await load.waitFor('up');
      await load.more(200);
    } finally {
      await load.stop();
      end();
    }

    expect([...load.answers.keys()].sort()).toEqual([
      '/closed 200',
      '/closed 503',
      '/local 200',
      '/open 200',
    ]);
    expect(load.late).toEqual([]);
    expect(load.events.map(({ type }) => type)).toEqual(['store_down', 'store_up']);
    const names = new ClientNames(outagePolicy.name);
    let [own, foreign] = [0, 0];
    for (const [organisation, calls] of load.undecided) {
      const name = names.ofOrganisation('https://issuer.example.com', organisation);
      if (slotOf(`portcullis:{${name}}`) < FIRST_FOREIGN_SLOT) own += calls;
      else foreign += calls;
    }
    // A machine that is busy elsewhere may keep a healthy shard from answering in time, now and then.
    expect(own).toBeGreaterThan(0);
    expect(foreign).toBeLessThan(own / 3);
  },
);

test('slots are counted as Redis counts them', async () => {
  const keys = ['123456789', 'a{b}c', '{}empty', 'a{b', '{{nested}}', 'portcullis:{9XkYb_-3Qz}:60', 'ü{ß}'];
  const answers = await Promise.all(
    keys.map((key) => redisCommand(cluster.masters[0].url, ['CLUSTER', 'KEYSLOT', key])),
  );
  expect(keys.map(slotOf)).toEqual(answers);
});
