import { durationSeconds } from './duration';

/** The tier of callers without a token. Its limits are those of each network. */
export const ANONYMOUS_TIER = 'anonymous';

/**
 * What a limit is counted by. A caller without a token, or whose token does not say it, is counted by the next of these:
 * the organisation, the token's subject, the network.
 *
 * - `'organisation'`: the token's `org_id`, or the subject of a token without one;
 * - `'user'`: the token's subject, within its organisation;
 * - `'client'`: the OAuth client that got the token, within its issuer;
 * - `'address'`: the network of the caller's address;
 * - `{ claim }`: the value of a claim, within its issuer: a string, a number or a boolean;
 * - `{ function }`: what the function of this name in `keys` of `rateLimit()` returns.
 */
export type LimitKey =
  'organisation' | 'user' | 'client' | 'address' | { readonly claim: string } | { readonly function: string };

/** At most `limit` of cost in any trailing window of `windowSeconds`. */
export interface Limit {
  /** The most cost that is admitted in a window. */
  readonly limit: number;
  /** Length of the trailing window, in seconds. */
  readonly windowSeconds: number;
  /** What it is counted by, each key within those before it. Missing: by organisation. */
  readonly by?: readonly LimitKey[];
  /** Set if calls over it are counted and never refused. Missing if it is enforced. */
  readonly shadow?: true;
}

/** The name of what a limit is counted by, the same for the same keys: `organisation/user`, `claim:team`. */
export function limitKeyName(by: Limit['by'] = ['organisation']): string {
  return by
    .map((key) =>
      typeof key === 'string' ? key : 'claim' in key ? `claim:${key.claim}` : `function:${key.function}`,
    )
    .join('/');
}

/** The limits that a call can be refused by: those in shadow are left out. */
export function enforced(limits: readonly Limit[]): readonly Limit[] {
  return limits.filter(({ shadow }) => shadow !== true);
}

/** Reads a limit as people write one: `'5000/1m'`; `undefined` when it is something else. */
export function readLimit(text: string): Limit | undefined {
  const [, limit = '', window = ''] = /^\s*([1-9]\d{0,8})\/(\w+)\s*$/.exec(text) ?? [];
  const windowSeconds = durationSeconds(window);
  return windowSeconds === undefined ? undefined : { limit: Number(limit), windowSeconds };
}
