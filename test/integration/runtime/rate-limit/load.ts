import type { RequestHandler } from 'express';
import {
  definePolicy,
  rateLimit,
  type ReservedOptions,
  type RateLimitEvent,
  type RateLimitOptions,
} from '@portcullis/runtime';
import { until } from '../../../support/until';
import { serve } from './app';

/** One route for each answer to an outage, and a limit that no load reaches, not even a process' share of it. */
export const outagePolicy = definePolicy({
  name: 'outage',
  issuer: 'https://issuer.example.com',
  audience: 'https://api.example.com',
  tiers: { free: [{ limit: 1_000_000, window: '1h' }] },
  defaultTier: 'free',
  routes: [
    { method: 'GET', path: '/open', onStoreFailure: 'open' },
    { method: 'GET', path: '/closed', onStoreFailure: 'closed' },
    { method: 'GET', path: '/local' },
  ],
  lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m' },
});

const WORKERS = 12;
/** How many organisations call. */
export const ORGANISATIONS = 40;
const PATHS = ['/open', '/closed', '/local'] as const;

/** How much longer than the time-out a decision may take, ms. */
const GRACE_MS = 50;
/** What the time of a request is counted in, ms. */
const TICK_MS = 5;

export interface LoadOptions {
  /** Of the limiter, ms: long where only an error may be the reason of an outage. @default 250 */
  readonly timeoutMs?: number;
  /** Calls that reserved blocks may admit. Default: none. */
  readonly reserved?: ReservedOptions;
}

export interface Load {
  readonly events: readonly RateLimitEvent[];
  /** Answers so far by path and status, as `/open 200`. */
  readonly answers: ReadonlyMap<string, number>;
  /** Paths of requests that waited for a decision longer than they may. */
  readonly late: readonly string[];
  /** Organisations and how many of their calls so far Redis did not decide. */
  readonly undecided: ReadonlyMap<string, number>;
  /** Resolves when the limiter says so of its store. */
  waitFor(state: 'up' | 'down'): Promise<void>;
  /** Goes on for so many more answers. */
  more(answers: number): Promise<void>;
  stop(): Promise<void>;
}

/** An app behind the limiter, and clients that call it without a pause, until stopped. */
export async function startLoad(
  redis: RateLimitOptions['redis'],
  { timeoutMs = 250, ...options }: LoadOptions = {},
): Promise<Load> {
  const events: RateLimitEvent[] = [];
  const answers = new Map<string, number>();
  const late: string[] = [];
  const undecided = new Map<string, number>();
  let total = 0;
  const onEvent = (event: RateLimitEvent): unknown => events.push(event);
  const limiter = rateLimit({ ...options, policy: outagePolicy, redis, timeoutMs, onEvent });
  const app = await serve(stopwatch(late, timeoutMs + GRACE_MS), limiter);

  let working = true;
  const worker = async (_: unknown, index: number): Promise<void> => {
    for (let call = index; working; call += 1) {
      const path = PATHS[call % PATHS.length]!;
      // Reading the body frees the connection for the next call.
      const organisation = `org-${call % ORGANISATIONS}`;
      const answer = await app.call('GET', path, { organisation });
      await answer.arrayBuffer();
      count(answers, `${path} ${answer.status}`);
      if (!decidedByRedis(answer)) count(undecided, organisation);
      total += 1;
    }
  };
  const load = Promise.all(Array.from({ length: WORKERS }, worker));
  const more = async (calls: number): Promise<void> => {
    const goal = total + calls;
    await until(() => total >= goal, { everyMs: 5 });
  };
  await more(50);
  return {
    events,
    answers,
    late,
    undecided,
    waitFor: async (state) => {
      await until(() => limiter.storeState().up === (state === 'up'), { everyMs: 5 });
    },
    more,
    stop: async () => {
      if (!working) return;
      working = false;
      await load;
      await limiter.close();
      await app.close();
    },
  };
}

/** A local decision tells what is left of this process' share, a quarter; an open or closed one tells nothing. */
function decidedByRedis(answer: Response): boolean {
  return Number(answer.headers.get('x-ratelimit-remaining')) > 250_000;
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/**
 * Notes requests that are not answered in time. It counts short timers of the event loop that decides: one that gets
 * no core does not get on with counting either, so that a busy machine is not taken for a hang. A call that is sent
 * twice waits twice the time-out, a hang without end.
 */
function stopwatch(late: string[], longestMs: number): RequestHandler {
  return (req, res, next) => {
    const tick = (leftMs: number): NodeJS.Timeout =>
      setTimeout(() => {
        if (leftMs > 0) timer = tick(leftMs - TICK_MS);
        else late.push(req.path);
      }, TICK_MS);
    let timer = tick(longestMs);
    res.once('finish', () => clearTimeout(timer));
    next();
  };
}
