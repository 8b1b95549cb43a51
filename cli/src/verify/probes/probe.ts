import type { CheckName } from '../checks';
import type { Decision } from '../policy/decision';
import type { StatedLimit } from '../policy/limits';

/** What a request brings. */
export type Credentials =
  | { readonly is: 'none' | 'garbage' | 'basic' | 'expired' }
  /** A good token of a tier's client; altered, so that its signature does not fit; or with the algorithm `none`. */
  | {
      readonly is: 'token' | 'altered' | 'unsigned';
      readonly tier: string;
      readonly scopes: readonly string[];
    };

/** What an answer has to be. */
export type Expected =
  /** Exactly what the policy's decision is answered with. */
  | { readonly is: 'decision'; readonly decision: Decision }
  /** A refusal, by whoever is in front: another spelling, a place that is none. */
  | { readonly is: 'refused' }
  /** Refused, or not to be found: somebody else's. */
  | { readonly is: 'not theirs' }
  /** Served: what the refusal of the other one is compared with. */
  | { readonly is: 'theirs' }
  /** What a browser is told, about pages of this origin. */
  | {
      readonly is: 'cors';
      readonly origin: string;
      readonly isAllowed: boolean;
      readonly isPreflight: boolean;
    };

export interface Probe {
  readonly check: CheckName;
  readonly subject: string;
  readonly method: string;
  /** As it is sent. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly credentials: Credentials;
  readonly expected: Expected;
  /** Whose counter is charged: a tier's client's, or one's own network's, of public calls or of failed authentications. */
  readonly counter: string;
  readonly cost: number;
  /** The limits of that counter, below which the probes stay. */
  readonly paced: readonly StatedLimit[];
  /** The limits that an answer to a call that was let in states. */
  readonly limits: readonly StatedLimit[];
}

/** What cannot be looked at, and why. */
export interface Omitted {
  readonly check: CheckName;
  readonly subject: string;
  readonly reason: string;
}

export interface Plan {
  readonly probes: readonly Probe[];
  readonly omitted: readonly Omitted[];
}
