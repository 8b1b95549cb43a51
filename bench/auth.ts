/** `npm run bench:auth`: what verifying an access token costs, next to the libraries that do the same. */
import { findWrk } from '../local/engines/wrk';
import { Run } from '../local/run';
import { AUTH_PEERS } from './auth/peers';
import { startIssuer, type TokenAlgorithm } from './auth/tokens';
import { compare, type Measured } from './lib/compare';
import { benchOptions } from './lib/options';
import { atLeast, atMost, machine, print, toRow, type Goal } from './lib/report';
import { measuredServer } from './lib/server';

/** More than the verified-token cache holds: used in turn, every one is new to it again. */
const NEW_TOKENS = 16_384;

async function main(): Promise<void> {
  const options = benchOptions('What verifying an access token costs, next to other libraries.', {
    rounds: 7,
    seconds: 1,
  });
  const run = await Run.open();
  try {
    const wrk = await findWrk({ run, note: console.error });
    const issuer = await startIssuer(run);
    const tokens = (algorithm: TokenAlgorithm, kind: string, count: number) =>
      issuer
        .writeTokens(algorithm, count)
        .then((headers) => ({ name: `${algorithm}, ${kind}`, headers, refusedBy: () => false }));
    const scenarios = [
      await tokens('RS256', 'returning', 100),
      await tokens('RS256', 'every one new', NEW_TOKENS),
      await tokens('ES256', 'returning', 100),
      await tokens('ES256', 'every one new', NEW_TOKENS),
    ].filter(({ name }) => name.includes(options.only));

    const servers = AUTH_PEERS.map((peer) =>
      measuredServer(run, peer, { entry: 'auth/server', settings: { peer, issuer: issuer.url } }),
    );
    const measured = await compare({ wrk, servers, scenarios, ...options });
    print({
      name: 'auth',
      machine: machine(),
      rounds: options.rounds,
      rows: measured.map(toRow),
      goals: scenarios.flatMap(({ name }) => goalsOf(name, measured)),
    });
  } finally {
    await run.close();
  }
}

function goalsOf(scenario: string, measured: readonly Measured[]): readonly Goal[] {
  const [, ours, ...peers] = measured.filter((row) => row.scenario === scenario);
  if (!ours) throw new Error(`${scenario} was not measured`);
  const best = Math.min(...peers.map(({ overhead }) => overhead));
  const againstBest = atMost(`${scenario}: CPU over the best peer`, ours.overhead - best, 0, 'µs');
  if (!scenario.endsWith('returning')) return [againstBest];
  return [
    atMost(`${scenario}: CPU over bare Express`, ours.overhead, 10, 'µs'),
    atLeast(`${scenario}: requests a second, of bare Express'`, ours.share, 0.9, 'times'),
    againstBest,
  ];
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
