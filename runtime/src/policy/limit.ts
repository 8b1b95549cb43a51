import { durationSeconds } from './duration';

/** At most `limit` of cost in any trailing window of `windowSeconds`. */
export interface Limit {
  readonly limit: number;
  readonly windowSeconds: number;
}

/** Reads a limit as people write one: `'5000/1m'`; `undefined` when it is something else. */
export function readLimit(text: string): Limit | undefined {
  const [, limit = '', window = ''] = /^\s*([1-9]\d{0,8})\/(\w+)\s*$/.exec(text) ?? [];
  const windowSeconds = durationSeconds(window);
  return windowSeconds === undefined ? undefined : { limit: Number(limit), windowSeconds };
}
