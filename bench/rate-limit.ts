/** `npm run bench:rate-limit`: what a decision on a real Redis costs, next to the libraries that make one. */
import { writeFile } from 'node:fs/promises';
import { findRedis } from '../cli/src/engines/programs/redis';
import { Run } from '../cli/src/engines/process/run';
import { randomPassword } from '../cli/src/engines/random';
import { startRedis } from '../cli/src/local/servers/redis';
import { compare, type Scenario } from './lib/compare';
import { findWrk } from './lib/load';
import { benchOptions, chosenPeers } from './lib/options';
import { atMost, machine, print, round, toRow, type Goal, type Measured } from './lib/report';
import { measuredServer, startProgram } from './lib/server';
import { CLIENTS, DENIED_CLIENT } from './rate-limit/clients';
import { LIMIT_PEERS, type LimitPeer, type LimitSettings } from './rate-limit/peers';
import { probeRedis } from './rate-limit/redis';

/** So few that each calls some ten times a second. */
const BUSY_CLIENTS = 1_000;
const MEMORY_CLIENTS = 100_000;

/** The first two only show what a request and what a round trip cost. */
const isLimiter = (peer: string): boolean => !(LIMIT_PEERS.slice(0, 2) as string[]).includes(peer);

async function main(): Promise<void> {
  const { rounds, seconds, only, peer } = benchOptions(
    'What a rate-limit decision costs, next to other libraries.',
    {
      rounds: 5,
      seconds: 1,
    },
  );
  const run = await Run.open();
  try {
    const wrk = await findWrk({ run, note: console.error });
    const binary = await findRedis({ run, note: console.error });
    const { adminUrl: redisUrl } = await startRedis(run, { binary });
    const probe = await probeRedis(redisUrl);

    const clients = async (
      name: string,
      ids: readonly number[],
      refusedBy: Scenario['refusedBy'] = () => false,
    ): Promise<Scenario> => {
      const headers = `${run.folder}/${name.replaceAll(' ', '-')}.headers`;
      await writeFile(headers, ids.map((id) => `X-Client: ${id}\n`).join(''));
      return { name, headers, refusedBy };
    };
    const everyone = Array.from({ length: CLIENTS }, (_, index) => index);
    const scenarios = [
      // About one call a second of each: with reserved blocks Redis is asked as often as in exact mode.
      await clients('many clients', everyone),
      // Reserved blocks live for a second and grow with the client's rate: the second before shows the way there.
      { ...(await clients('busy clients', everyone.slice(0, BUSY_CLIENTS))), seconds: 3 },
      { ...(await clients('one hot client', [0])), seconds: 3 },
      await clients('denied', [DENIED_CLIENT], isLimiter),
    ].filter(({ name }) => name.includes(only));

    const token = randomPassword();
    const bridge = { entry: 'rate-limit/upstash', settings: { redisUrl, token } };
    const rest = { url: (await startProgram(run, 'upstash', bridge)).first as string, token };
    const servers = chosenPeers(LIMIT_PEERS, peer).map((name) => {
      const settings: LimitSettings = { peer: name, redisUrl, rest };
      return measuredServer(run, name, { entry: 'rate-limit/server', settings });
    });
    const measured = await compare({
      wrk,
      servers,
      scenarios,
      storeCpu: () => probe.cpu(),
      rounds,
      turns: seconds,
    });

    const memory = new Map<string, { quiet: number; busy: number }>();
    for (const limiter of servers.filter(({ name }) => isLimiter(name))) {
      const server = await limiter.start();
      const call = async (): Promise<void> => {
        const { status } = await fetch(server.url, { headers: { 'x-client': '1' } });
        if (status !== 200) throw new Error(`${server.name} answered ${status}`);
      };
      memory.set(server.name, await probe.memory(call, MEMORY_CLIENTS));
      await server.stop();
    }
    probe.close();

    print({
      name: 'rate-limit',
      machine: machine(),
      rounds,
      rows: [
        ...measured.map(toRow),
        ...[...memory].map(([server, { quiet, busy }]) => ({
          scenario: `memory of ${MEMORY_CLIENTS} clients`,
          server,
          'quiet, MB': round(quiet / 1e6, 1),
          'busy, MB': round(busy / 1e6, 1),
        })),
      ],
      goals: [
        ...goalsOf(measured),
        atMost(
          `Redis memory of ${MEMORY_CLIENTS} clients, every bucket charged`,
          (memory.get('Portcullis, exact')?.busy ?? NaN) / 1e6,
          40,
          'MB',
        ),
      ],
    });
  } finally {
    await run.close();
  }
}

function goalsOf(measured: readonly Measured[]): readonly Goal[] {
  const measuredOf = (
    scenario: string,
    server: LimitPeer,
  ): { readonly cpu: number; readonly storeCpu: number } =>
    measured.find((row) => row.scenario === scenario && row.server === server) ?? { cpu: NaN, storeCpu: NaN };
  const overhead = (scenario: string, server: LimitPeer): number =>
    measured.find((row) => row.scenario === scenario && row.server === server)?.overhead ?? NaN;
  const pipelined = 'rate-limiter-flexible, auto-pipelined';
  const peers = LIMIT_PEERS.filter(
    (peer) => isLimiter(peer) && !peer.startsWith('Portcullis') && peer !== pipelined,
  );
  return [
    ...['many clients', 'busy clients', 'one hot client'].flatMap((scenario) => {
      const exact = overhead(scenario, 'Portcullis, exact');
      const best = Math.min(...peers.map((peer) => overhead(scenario, peer)));
      const reserved = overhead(scenario, 'Portcullis, reserved');
      return [
        atMost(`exact, ${scenario}: CPU over bare Express`, exact, 14, 'µs'),
        // A difference: where one of them makes Express cheaper, a ratio says nothing.
        atMost(
          `exact, ${scenario}: CPU over the best peer that is not auto-pipelined`,
          exact - best,
          0,
          'µs',
        ),
        atMost(
          `exact, ${scenario}: CPU over the auto-pipelined peer`,
          exact - overhead(scenario, pipelined),
          5,
          'µs',
        ),
        atMost(`reserved, ${scenario}: CPU over bare Express`, reserved, 5, 'µs'),
      ];
    }),
    ...['many clients', 'busy clients', 'one hot client'].flatMap((scenario) => {
      const exact = measuredOf(scenario, 'Portcullis, exact');
      const ofExact = (server: LimitPeer, figure: 'cpu' | 'storeCpu'): number =>
        measuredOf(scenario, server)[figure] / exact[figure];
      return [
        atMost(
          `${scenario}: Redis' CPU a decision, of the auto-pipelined peer's`,
          exact.storeCpu / measuredOf(scenario, pipelined).storeCpu,
          1,
          'times',
        ),
        atMost(`reserved, ${scenario}: CPU, of exact's`, ofExact('Portcullis, reserved', 'cpu'), 1, 'times'),
        atMost(
          `two nested keys, ${scenario}: CPU, of one`,
          ofExact('Portcullis, two nested keys', 'cpu'),
          1.3,
          'times',
        ),
        atMost(
          `two nested keys, ${scenario}: Redis' CPU, of one`,
          ofExact('Portcullis, two nested keys', 'storeCpu'),
          1.3,
          'times',
        ),
        atMost(
          `in shadow, ${scenario}: CPU, of enforced`,
          ofExact('Portcullis, in shadow', 'cpu'),
          1.05,
          'times',
        ),
      ];
    }),
    atMost('exact, denied: CPU over bare Express', overhead('denied', 'Portcullis, exact'), 5, 'µs'),
  ];
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
