/** What two policies decide otherwise, and the requests that show it. */
import type { Grade } from '../plan/grade';

/** Who sends a request. The policy tells callers apart by nothing else. */
export type Caller = { readonly kind: 'nobody' } | TokenCaller;

export interface TokenCaller {
  readonly kind: 'token';
  /** The scopes of the token, and no others. */
  readonly scopes: readonly string[];
  /** The tier that the token names; missing: it names none. */
  readonly tier?: string;
  /** Where it is not the issuer, the audience that either policy takes. */
  readonly issuer?: string;
  readonly audience?: string;
  /** `exp - iat`, where a usual token's would show nothing. */
  readonly lifetimeSeconds?: number;
}

/** Calls of the same route that came before. */
export interface Burst {
  /** Since the first call. */
  readonly atSeconds: number;
  /** How many callers call, none of whom called before. */
  readonly callers: number;
  /** How often each of them calls. */
  readonly times: number;
}

/** How a request is answered. */
export type Answer =
  | 'let in'
  | 'unauthorized'
  | 'invalid_request'
  | 'invalid_token'
  | 'insufficient_scope'
  | 'forbidden'
  | 'rate_limited'
  | 'temporarily_unavailable'
  | 'readable'
  | 'not readable';

/** What has to be the case beside the request. */
export type Circumstance = 'the rate-limit store does not answer' | 'revocations cannot be read';

/** A request that the two policies answer otherwise. */
export interface Witness {
  readonly method: string;
  readonly path: string;
  readonly caller: Caller;
  /** Of a browser, on a page of this origin; it sends a preflight where `method` is OPTIONS. */
  readonly browser?: { readonly origin: string; readonly header?: string; readonly credentials?: boolean };
  readonly circumstance?: Circumstance;
  /** Missing: it is the first. */
  readonly after?: {
    readonly bursts: readonly Burst[];
    /** The witness' own moment, since the first call. */
    readonly atSeconds: number;
    /** What all of these callers have in common, by the names of limits' keys; they have nothing else in common. */
    readonly sharing: readonly string[];
    /** Whether the request comes from a caller who called last before, or from another one. */
    readonly from: 'the last caller' | 'another caller';
  };
  readonly was: Answer;
  readonly will: Answer;
}

export const DIRECTIONS = ['widening', 'narrowing', 'other'] as const;

export type Direction = (typeof DIRECTIONS)[number];

export const ASPECTS = [
  'access',
  'limits',
  'outage',
  'revocation',
  'issuer',
  'audience',
  'lifetime',
  'cors',
  'name',
] as const;

export type Aspect = (typeof ASPECTS)[number];

/** One row: what somebody can do that they could not, or the reverse. */
export interface PolicyChange {
  /** `other`: nobody can do more or less by it. */
  readonly direction: Direction;
  readonly aspect: Aspect;
  readonly grade: Grade;
  /** As in `GET /orders/:id`; empty where the whole API changes. */
  readonly routes: readonly string[];
  readonly who: readonly string[];
  readonly sentence: string;
  /** Missing where no request to the API shows it, as with the life of a leased credential. */
  readonly witness?: Witness;
}
