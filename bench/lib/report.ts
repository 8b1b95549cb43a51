import { cpus, totalmem } from 'node:os';

/** A speed that was promised, and what was measured. */
export interface Goal {
  readonly name: string;
  readonly value: number;
  readonly goal: string;
  readonly met: boolean;
}

/** Medians over the rounds: times in microseconds, CPU a request. */
export interface Measured {
  readonly scenario: string;
  readonly server: string;
  readonly requestsPerSecond: number;
  /** Of the baseline's requests a second around it. */
  readonly share: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpu: number;
  /** CPU over the baseline's around it. */
  readonly overhead: number;
  readonly storeCpu: number;
}

/** What a benchmark gives: with `--json`, exactly this on standard output. */
export interface BenchReport {
  readonly name: string;
  readonly machine: string;
  readonly rounds: number;
  readonly rows: readonly Readonly<Record<string, string | number>>[];
  readonly goals: readonly Goal[];
}

/** The middle value; of an even number of values, the lower of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}

/** A goal that a figure must not exceed. */
export function atMost(name: string, value: number, limit: number, unit: string): Goal {
  return { name, value, goal: `≤ ${limit} ${unit}`, met: value <= limit };
}

/** A goal that a figure must reach. */
export function atLeast(name: string, value: number, limit: number, unit: string): Goal {
  return { name, value, goal: `≥ ${limit} ${unit}`, met: value >= limit };
}

/** One peer in one scenario, as a line of a table. */
export function toRow(measured: Measured): Record<string, string | number> {
  const { scenario, server, requestsPerSecond, share, p50, p99, cpu, overhead, storeCpu } = measured;
  return {
    scenario,
    server,
    'requests/s': Math.round(requestsPerSecond),
    'of bare': round(share, 2),
    'p50, ms': round(p50 / 1_000, 1),
    'p99, ms': round(p99 / 1_000, 1),
    'CPU, µs': round(cpu, 1),
    'over bare, µs': round(overhead, 1),
    ...(storeCpu > 0 && { 'Redis CPU, µs': round(storeCpu, 1) }),
  };
}

export function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

export function machine(): string {
  const gib = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} cores, ${gib} GiB, ${process.platform}-${process.arch}, Node ${process.versions.node}`;
}

/** Prints the table, or with `--json` in the arguments the one object. Whether a goal is met changes no exit code. */
export function print(report: BenchReport): void {
  // What `--only` and `--peer` left out was neither met nor missed.
  const goals = report.goals.filter(({ value }) => !Number.isNaN(value));
  if (process.argv.includes('--json')) {
    console.log(JSON.stringify({ ...report, goals }));
    return;
  }
  console.log(`${report.name}: ${report.machine}, ${report.rounds} rounds`);
  console.table(report.rows);
  for (const { name, value, goal, met } of goals) {
    console.log(`${met ? 'met   ' : 'MISSED'} ${name}: ${round(value, 2)} (goal ${goal})`);
  }
}
