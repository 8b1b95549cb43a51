/** A service under load: queries by a bare pool and by a rotating one in turn, then rotations under them. */
import { Pool } from 'pg';
import { median } from '../lib/report';
import { connect, given } from './connect';
import { POOL_SIZE } from './settings';

export interface LoadFigures {
  /** CPU of a query through the bare pool, in microseconds. */
  readonly bareCpu: number;
  /** CPU of a query through the rotating pool, of the bare pool's in the same round. */
  readonly cpuShare: number;
  /** Latency, in microseconds. */
  readonly steadyP99: number;
  readonly rotatingP99: number;
  /** Of the steady one in the same round. */
  readonly p99Share: number;
  readonly rotationsUnderLoad: number;
}

const BATCH = 4_000;
/** Batches of each pool before any counts: until then the engine still compiles, for whoever comes first. */
const WARM_UP = 5;
/** Pairs of batches a round: a batch takes a tenth of a second, in which chance weighs much. */
const PAIRS = 5;

type Queryable = Pick<Pool, 'query'>;

async function main(): Promise<void> {
  const { secrets, pool } = await connect();
  const bare = new Pool({ connectionString: given.bareUrl, max: POOL_SIZE });

  const bareCpu: number[] = [];
  const shares: number[] = [];
  for (let batch = 0; batch < WARM_UP; batch += 1) {
    for (const queryable of [bare, pool]) await cpuOfQuery(queryable);
  }
  for (let pair = 0; pair < PAIRS * given.rounds; pair += 1) {
    // Who goes first changes, so that neither always runs on what the other warmed.
    const rotatingFirst = pair % 2 === 1 ? await cpuOfQuery(pool) : undefined;
    const cpu = await cpuOfQuery(bare);
    bareCpu.push(cpu);
    shares.push((rotatingFirst ?? (await cpuOfQuery(pool))) / cpu);
  }

  const steadyP99: number[] = [];
  const rotatingP99: number[] = [];
  const p99Shares: number[] = [];
  let rotationsUnderLoad = 0;
  for (let round = 0; round < given.rounds; round += 1) {
    const steady = await p99(pool, () => pause(given.seconds * 1_000));
    const rotating = await p99(pool, async () => {
      const end = performance.now() + given.seconds * 1_000;
      for (; performance.now() < end; rotationsUnderLoad += 1) await secrets.rotate();
    });
    steadyP99.push(steady);
    rotatingP99.push(rotating);
    p99Shares.push(rotating / steady);
  }

  const figures: LoadFigures = {
    bareCpu: median(bareCpu),
    cpuShare: median(shares),
    steadyP99: median(steadyP99),
    rotatingP99: median(rotatingP99),
    p99Share: median(p99Shares),
    rotationsUnderLoad,
  };
  process.send?.(figures);
  await bare.end();
  await secrets.close();
  process.exit();
}

async function cpuOfQuery(queryable: Queryable): Promise<number> {
  const before = process.cpuUsage();
  let left = BATCH;
  const worker = async (): Promise<void> => {
    while (left-- > 0) await queryable.query('select 1');
  };
  await Promise.all(Array.from({ length: POOL_SIZE }, worker));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / BATCH;
}

/**
 * How long the slowest hundredth of the queries took at least while something else went on. As many callers as
 * connections: none waits for one.
 */
async function p99(queryable: Queryable, meanwhile: () => Promise<void>): Promise<number> {
  const all: number[] = [];
  let busy = true;
  const worker = async (): Promise<void> => {
    while (busy) {
      const began = performance.now();
      await queryable.query('select 1');
      all.push((performance.now() - began) * 1_000);
    }
  };
  const workers = Array.from({ length: POOL_SIZE }, worker);
  await meanwhile();
  busy = false;
  await Promise.all(workers);
  all.sort((a, b) => a - b);
  return all[Math.floor((all.length - 1) * 0.99)] ?? Number.NaN;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
