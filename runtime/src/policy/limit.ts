import { durationSeconds } from './duration';

/**
 * What a limit is counted by. Who sent no token, or a token without it, counts by what is left: the organisation, else
 * the token's subject, else the network.
 *
 * - `'organisation'`: the token's `org_id`; the subject of a token without one;
 * - `'user'`: the token's subject, within its organisation;
 * - `'client'`: the OAuth client that got the token, within its issuer;
 * - `'address'`: the network of the caller's address;
 * - `{ claim }`: the value of a claim, within its issuer: a text, a number or a boolean;
 * - `{ function }`: what the function of this name among `rateLimit()`'s `keys` gives.
 */
export type LimitKey =
  'organisation' | 'user' | 'client' | 'address' | { readonly claim: string } | { readonly function: string };

/** At most `limit` of cost in any trailing window of `windowSeconds`. */
export interface Limit {
  readonly limit: number;
  readonly windowSeconds: number;
  /** Whose: the outermost key first, each further one within those before it. Missing: the organisation's. */
  readonly by?: readonly LimitKey[];
  /** Decided and counted, never refused. Missing: enforced. */
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
