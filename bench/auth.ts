/** `npm run bench:auth`: what verifying an access token costs, next to the libraries that do the same. */
import { Run } from '../cli/src/engines/process/run';
import { AUTH_PEERS, KEYCLOAK_PRESET, type AuthPeer } from './auth/peers';
import { startIssuer, type TokenAlgorithm } from './auth/tokens';
import { compare } from './lib/compare';
import { findWrk } from './lib/load';
import { benchOptions, chosenPeers } from './lib/options';
import { atLeast, atMost, machine, print, toRow, type Goal, type Measured } from './lib/report';
import { measuredServer } from './lib/server';

/** More than the verified-token cache holds: used in turn, every one is new to it again. */
const NEW_TOKENS = 16_384;

const OURS: AuthPeer = 'Portcullis';

async function main(): Promise<void> {
  const { rounds, seconds, only, peer } = benchOptions(
    'What verifying an access token costs, next to other libraries.',
    {
      rounds: 5,
      seconds: 3,
    },
  );
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
    ].filter(({ name }) => name.includes(only));

    const server = (name: AuthPeer) =>
      measuredServer(run, name, { entry: 'auth/server', settings: { peer: name, issuer: issuer.url } });
    const servers = chosenPeers(AUTH_PEERS, peer).map(server);
    const measured = [...(await compare({ wrk, servers, scenarios, rounds, turns: seconds }))];
    const goals: Goal[] = [];
    for (const scenario of scenarios) {
      const { ours, best } = standing(scenario.name, measured);
      if (!ours || !best) continue;
      if (scenario.name.endsWith('returning')) {
        goals.push(
          atMost(`${scenario.name}: CPU over bare Express`, ours.overhead, 10, 'µs'),
          atLeast(`${scenario.name}: requests a second, of bare Express'`, ours.share, 0.9, 'times'),
          atMost(`${scenario.name}: CPU over ${best.server}`, ours.overhead - best.overhead, 0, 'µs'),
        );
      } else {
        // The signature is nearly all: both differ by less than the difference of either to bare Express varies.
        const pair = [best, ours].flatMap((row) => servers.filter(({ name }) => name === row.server));
        const [, direct] = await compare({
          wrk,
          servers: pair,
          scenarios: [scenario],
          rounds,
          turns: seconds,
        });
        const [fastest, quickest] = bestOfPeers(scenario.name, measured);
        goals.push(
          atLeast(
            `${scenario.name}: requests a second, the best peer's`,
            ours.requestsPerSecond / fastest,
            1,
            'times',
          ),
          atMost(`${scenario.name}: p99, the best peer's`, ours.p99 / quickest, 1, 'times'),
        );
        const overBest = direct?.overhead ?? NaN;
        goals.push(atMost(`${scenario.name}: CPU over ${best.server}, in turns with it`, overBest, 0, 'µs'));
      }
    }
    const preset = 'RS256, returning, by a preset';
    const besidePlain = preset.includes(only) && OURS.includes(peer);
    if (besidePlain) {
      // Both kinds are of one length, so that what differs is what the preset says.
      const files = {
        plain: await issuer.writeTokens('RS256', 100, 'padded'),
        preset: await issuer.writeTokens('RS256', 100, 'keycloak'),
      };
      const headers = (name: string): string => (name === KEYCLOAK_PRESET ? files.preset : files.plain);
      const rows = await compare({
        wrk,
        servers: [server(OURS), server(KEYCLOAK_PRESET)],
        scenarios: [{ name: preset, headers, refusedBy: () => false }],
        rounds,
        turns: seconds,
      });
      measured.push(...rows);
      goals.push(atMost(`${preset}: CPU over the plain options`, rows[1]?.overhead ?? NaN, 1, 'µs'));
    }
    print({
      name: 'auth',
      machine: machine(),
      rounds,
      rows: measured.map(toRow),
      goals,
    });
  } finally {
    await run.close();
  }
}

interface Standing {
  readonly ours: Measured | undefined;
  /** The peer that cost least over bare Express. */
  readonly best: Measured | undefined;
}

function standing(scenario: string, measured: readonly Measured[]): Standing {
  const [, ...rows] = measured.filter((row) => row.scenario === scenario);
  const ours = rows.find(({ server }) => server === OURS);
  const [best] = rows.filter((row) => row !== ours).sort((a, b) => a.overhead - b.overhead);
  return { ours, best };
}

/** The most requests a second and the shortest p99 of the peers, each its own best. */
function bestOfPeers(
  scenario: string,
  measured: readonly Measured[],
): readonly [fastest: number, quickest: number] {
  const [, ...rows] = measured.filter((row) => row.scenario === scenario);
  const peers = rows.filter(({ server }) => server !== OURS);
  return [Math.max(...peers.map((row) => row.requestsPerSecond)), Math.min(...peers.map((row) => row.p99))];
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
