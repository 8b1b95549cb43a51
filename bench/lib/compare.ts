/**
 * Peers side by side: in every round each peer is set beside the baseline, in turns of a second, so that whatever else
 * the machine does hits both: a shared machine becomes half as fast, and fast again, within seconds. What counts is the
 * difference to the baseline just before and just after.
 *
 * Only two servers live at a time, for one that waits long for its turn has had its compiled code thrown away. They are
 * started anew each round: what the compiler and the heap come to differs from process to process of the same program
 * by more than what is compared here, and stays as it is for as long as one lives.
 */
import { generateLoad } from './load';
import { median, type Measured } from './report';
import type { MeasuredServer, StartableServer } from './server';

export interface Scenario {
  readonly name: string;
  /** A file with one header a line; each request takes the next, over all rounds. By server, where each has its own. */
  readonly headers: string | ((server: string) => string);
  /** Whether a server has to refuse these requests; those that it has not are to be answered well. */
  readonly refusedBy: (server: string) => boolean;
  /** Seconds of each turn: for what has to settle first. Default: 1. */
  readonly seconds?: number;
}

export interface Comparison {
  readonly wrk: string;
  /** The first is the baseline. */
  readonly servers: readonly StartableServer[];
  readonly scenarios: readonly Scenario[];
  readonly rounds: number;
  /** How often in a round each peer has its turn, of a second. */
  readonly turns: number;
  /** CPU that a shared store has used so far, in microseconds. */
  readonly storeCpu?: () => Promise<number>;
}

interface Sample {
  readonly requestsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpu: number;
  readonly storeCpu: number;
}

interface Burst {
  readonly sample: Sample;
  readonly requests: number;
}

/** A sample and what the baseline came to around it. */
interface Compared {
  readonly sample: Sample;
  readonly baseline: Pick<Sample, 'requestsPerSecond' | 'cpu'>;
}

/** The optimizing compiler works by calls, not by time: after 6,000 some servers still become a fifth cheaper. */
const WARM_UP_REQUESTS = 15_000;
/** Enough of it for a peer that is slow. */
const WARM_UP_SECONDS = 6;

/** Calls that a client without quota may still get through: its first, and what a window frees meanwhile. */
const FREED = 2;

/** @throws Error when a server answers what was not expected: the run then measures something else. */
export async function compare(comparison: Comparison): Promise<readonly Measured[]> {
  const { servers, scenarios, rounds, turns } = comparison;
  const samples = new Map<string, Compared[]>();
  const sent = new Map<string, number>();

  const burst = async (server: MeasuredServer, scenario: Scenario, seconds: number): Promise<Burst> => {
    const key = keyOf(scenario.name, server.name);
    const done = await measure(comparison, server, scenario, sent.get(key) ?? 0, seconds);
    sent.set(key, (sent.get(key) ?? 0) + done.requests);
    return done;
  };
  const warmUp = async (server: MeasuredServer, scenario: Scenario): Promise<void> => {
    let requests = 0;
    for (let second = 0; second < WARM_UP_SECONDS && requests < WARM_UP_REQUESTS; second += 1)
      requests += (await burst(server, scenario, 1)).requests;
  };

  const besideBaseline = async (baseline: MeasuredServer, peer: MeasuredServer): Promise<void> => {
    for (const scenario of scenarios) {
      const sampleOf = async (server: MeasuredServer): Promise<Sample> =>
        (await burst(server, scenario, scenario.seconds ?? 1)).sample;
      const keep = ({ name }: MeasuredServer, compared: Compared): void => {
        const key = keyOf(scenario.name, name);
        samples.set(key, [...(samples.get(key) ?? []), compared]);
      };
      await warmUp(baseline, scenario);
      await warmUp(peer, scenario);
      let before = await sampleOf(baseline);
      for (let turn = 0; turn < turns; turn += 1) {
        const sample = await sampleOf(peer);
        const after = await sampleOf(baseline);
        keep(peer, { sample, baseline: between(before, after) });
        keep(baseline, { sample: after, baseline: after });
        before = after;
      }
    }
  };

  const [first, ...peers] = servers;
  if (first === undefined) throw new TypeError('nothing to compare');
  for (let round = 0; round < rounds; round += 1) {
    for (const peer of peers) {
      const pair = [await first.start(), await peer.start()] as const;
      await besideBaseline(...pair);
      await Promise.all(pair.map((server) => server.stop()));
    }
  }

  return scenarios.flatMap((scenario) =>
    servers.map(({ name }) => summarize(scenario.name, name, samples.get(keyOf(scenario.name, name)) ?? [])),
  );
}

async function measure(
  { wrk, storeCpu }: Comparison,
  server: MeasuredServer,
  { headers, refusedBy }: Scenario,
  skip: number,
  seconds: number,
): Promise<Burst> {
  const cpuBefore = await server.cpu();
  const storeBefore = (await storeCpu?.()) ?? 0;
  const file = typeof headers === 'string' ? headers : headers(server.name);
  const load = await generateLoad(wrk, { url: server.url, headers: file, skip, seconds });
  const storeUsed = ((await storeCpu?.()) ?? 0) - storeBefore;
  const cpu = (await server.cpu()) - cpuBefore;

  const { requests, refused } = load;
  const due = refusedBy(server.name) ? requests : 0;
  if (Math.abs(refused - due) > (due > 0 ? FREED : 0)) {
    throw new Error(`${server.name}: ${refused} of ${requests} answers were refusals, expected ${due}`);
  }
  const sample = {
    requestsPerSecond: (requests * 1e6) / load.microseconds,
    p50: load.p50,
    p99: load.p99,
    cpu: cpu / requests,
    storeCpu: storeUsed / requests,
  };
  return { sample, requests };
}

const between = (a: Sample, b: Sample): Compared['baseline'] => ({
  requestsPerSecond: (a.requestsPerSecond + b.requestsPerSecond) / 2,
  cpu: (a.cpu + b.cpu) / 2,
});

function summarize(scenario: string, server: string, samples: readonly Compared[]): Measured {
  const middle = (value: (compared: Compared) => number): number => median(samples.map(value));
  return {
    scenario,
    server,
    requestsPerSecond: middle(({ sample }) => sample.requestsPerSecond),
    share: middle(({ sample, baseline }) => sample.requestsPerSecond / baseline.requestsPerSecond),
    p50: middle(({ sample }) => sample.p50),
    p99: middle(({ sample }) => sample.p99),
    cpu: middle(({ sample }) => sample.cpu),
    overhead: middle(({ sample, baseline }) => sample.cpu - baseline.cpu),
    storeCpu: middle(({ sample }) => sample.storeCpu),
  };
}

const keyOf = (scenario: string, server: string): string => `${scenario} ${server}`;
