import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { EngineContext } from '../../cli/src/engines/install/context';
import { findDebianBinary } from '../../cli/src/engines/install/debian-binary';

/** One burst of load: `wrk` with one thread and 64 connections, in a process of its own. */
export interface Load {
  readonly url: string;
  /** A file with one header a line; each request takes the next. */
  readonly headers: string;
  /** How many of its lines to skip first. */
  readonly skip: number;
  /** Whole seconds: wrk knows no others. */
  readonly seconds: number;
}

export interface LoadResult {
  readonly requests: number;
  /** How long it took. */
  readonly microseconds: number;
  /** Latency, in microseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Answers with a status of 400 or more. */
  readonly refused: number;
}

/** @throws Error when connections failed, or nothing was answered: such a run measures something else. */
export async function generateLoad(wrk: string, { url, headers, skip, seconds }: Load): Promise<LoadResult> {
  const script = join(__dirname, 'load.lua');
  const load = ['-t1', '-c64', `-d${seconds}s`, '--timeout', '5s', '-s', script, url];
  const { stdout } = await promisify(execFile)(wrk, [...load, '--', headers, String(skip)]);
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  const { broken, ...result } = JSON.parse(last) as LoadResult & { readonly broken: number };
  if (broken > 0 || result.requests === 0) {
    throw new Error(`the load on ${url} broke: ${result.requests} answers, ${broken} failed`);
  }
  return result;
}

/** The load generator's binary. @throws PortcullisError `ERR_ENGINE_MISSING`, `ERR_ENGINE_BUILD` */
export function findWrk(context: Pick<EngineContext, 'run' | 'note'>): Promise<string> {
  return findDebianBinary({ binary: 'wrk', alternative: 'on macOS: brew install wrk' }, context);
}
