/** `npm run bench:stack`: a verified token, its scope and its limit together, next to the usual pair of libraries. */
import { findRedis } from '../cli/src/engines/programs/redis';
import { Run } from '../cli/src/engines/process/run';
import { startRedis } from '../cli/src/local/servers/redis';
import { startIssuer } from './auth/tokens';
import { compare } from './lib/compare';
import { findWrk } from './lib/load';
import { benchOptions, chosenPeers } from './lib/options';
import { atLeast, atMost, machine, print, toRow } from './lib/report';
import { measuredServer } from './lib/server';
import { probeRedis } from './rate-limit/redis';
import { STACK_PEERS, type StackPeer } from './stack/peers';

async function main(): Promise<void> {
  const { rounds, seconds, peer } = benchOptions(
    'Verification, scope and limit together, next to the usual pair of libraries.',
    {
      rounds: 5,
      seconds: 3,
    },
  );
  const run = await Run.open();
  try {
    const wrk = await findWrk({ run, note: console.error });
    const binary = await findRedis({ run, note: console.error });
    const { adminUrl: redisUrl } = await startRedis(run, { binary });
    const probe = await probeRedis(redisUrl);
    const issuer = await startIssuer(run);
    const scenario = {
      name: 'RS256, returning',
      headers: await issuer.writeTokens('RS256', 100),
      refusedBy: () => false,
    };
    const servers = chosenPeers(STACK_PEERS, peer).map((name) =>
      measuredServer(run, name, {
        entry: 'stack/server',
        settings: { peer: name, issuer: issuer.url, redisUrl },
      }),
    );
    const measured = await compare({
      wrk,
      servers,
      scenarios: [scenario],
      storeCpu: () => probe.cpu(),
      rounds,
      turns: seconds,
    });
    probe.close();

    const row = (name: StackPeer) => measured.find(({ server }) => server === name);
    const share = (name: StackPeer): number => row(name)?.share ?? NaN;
    const cpu = (name: StackPeer): number => row(name)?.cpu ?? NaN;
    const ofPeers = (name: StackPeer): number =>
      share(name) / share('node-oauth2-jwt-bearer + rate-limiter-flexible');
    const ofFloor = (name: StackPeer): number => share(name) / share('one pipelined PING');
    print({
      name: 'stack',
      machine: machine(),
      rounds,
      rows: measured.map(toRow),
      goals: [
        atLeast("exact: requests a second, of bare Express'", share('Portcullis, exact'), 0.85, 'times'),
        atLeast("exact: requests a second, of the floor's", ofFloor('Portcullis, exact'), 0.9, 'times'),
        atLeast("exact: requests a second, of the peers'", ofPeers('Portcullis, exact'), 2.5, 'times'),
        atLeast(
          "reserved: requests a second, of bare Express'",
          share('Portcullis, reserved'),
          0.95,
          'times',
        ),
        atLeast("reserved: requests a second, of the peers'", ofPeers('Portcullis, reserved'), 2.9, 'times'),
        atMost(
          "reserved: CPU, of exact's",
          cpu('Portcullis, reserved') / cpu('Portcullis, exact'),
          1,
          'times',
        ),
      ],
    });
  } finally {
    await run.close();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
