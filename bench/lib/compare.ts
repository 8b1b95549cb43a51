/**
 * Peers side by side: in every round each scenario is run on each server in turn, so that whatever else the
 * machine does hits them all. What counts is the difference to the baseline of the same round.
 *
 * Each round starts every server anew: what the compiler and the heap come to differs from process to process of the
 * same program by more than what is compared here, and stays as it is for as long as one lives.
 */
import { generateLoad } from './load';
import { median } from './report';
import type { MeasuredServer, StartableServer } from './server';

export interface Scenario {
  readonly name: string;
  /** A file with one header a line; each request takes the next, over all rounds. */
  readonly headers: string;
  /** Whether a server has to refuse these requests; those that it has not are to be answered well. */
  readonly refusedBy: (server: string) => boolean;
  /** How often as long as the others each measurement is: for what has to settle first. Default: 1. */
  readonly times?: number;
}

export interface Comparison {
  readonly wrk: string;
  /** The first is the baseline. */
  readonly servers: readonly StartableServer[];
  readonly scenarios: readonly Scenario[];
  readonly rounds: number;
  readonly seconds: number;
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

/** Medians over the rounds: times in microseconds, CPU a request. */
export interface Measured {
  readonly scenario: string;
  readonly server: string;
  readonly requestsPerSecond: number;
  /** Of the baseline's requests a second in the same round. */
  readonly share: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpu: number;
  /** CPU over the baseline's of the same round. */
  readonly overhead: number;
  readonly storeCpu: number;
}

/** The optimizing compiler works by calls, not by time: after 6,000 some servers still become a fifth cheaper. */
const WARM_UP_REQUESTS = 15_000;
/** Enough of it for a peer that is slow. */
const WARM_UP_SECONDS = 6;

/** Calls that a client without quota may still get through: its first, and what a window frees meanwhile. */
const FREED = 2;

/** @throws Error when a server answers what was not expected: the run then measures something else. */
export async function compare(comparison: Comparison): Promise<readonly Measured[]> {
  const { servers, scenarios, rounds } = comparison;
  const samples = new Map<string, Sample[]>();
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

  for (let round = 0; round < rounds; round += 1) {
    const started: MeasuredServer[] = [];
    for (const server of servers) started.push(await server.start());
    for (const scenario of scenarios) for (const server of started) await warmUp(server, scenario);
    // Each round begins with another server: nobody is always the first after a pause.
    const turn = round % started.length;
    const order = [...started.slice(turn), ...started.slice(0, turn)];
    for (const scenario of scenarios) {
      for (const server of order) {
        const key = keyOf(scenario.name, server.name);
        const { sample } = await burst(server, scenario, comparison.seconds * (scenario.times ?? 1));
        samples.set(key, [...(samples.get(key) ?? []), sample]);
      }
    }
    await Promise.all(started.map((server) => server.stop()));
  }

  return scenarios.flatMap((scenario) =>
    servers.map((server) => {
      const of = (name: string): Sample[] => samples.get(keyOf(scenario.name, name)) ?? [];
      return summarize(scenario.name, server.name, of(server.name), of(servers[0]?.name ?? ''));
    }),
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
  const load = await generateLoad(wrk, { url: server.url, headers, skip, seconds });
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

function summarize(
  scenario: string,
  server: string,
  samples: readonly Sample[],
  baseline: readonly Sample[],
): Measured {
  const middle = (value: (sample: Sample, base: Sample) => number): number =>
    median(samples.map((sample, round) => value(sample, baseline[round] ?? sample)));
  return {
    scenario,
    server,
    requestsPerSecond: middle((sample) => sample.requestsPerSecond),
    share: middle((sample, base) => sample.requestsPerSecond / base.requestsPerSecond),
    p50: middle((sample) => sample.p50),
    p99: middle((sample) => sample.p99),
    cpu: middle((sample) => sample.cpu),
    overhead: middle((sample, base) => sample.cpu - base.cpu),
    storeCpu: middle((sample) => sample.storeCpu),
  };
}

const keyOf = (scenario: string, server: string): string => `${scenario} ${server}`;
