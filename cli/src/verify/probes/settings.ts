import type { PathValues } from '../policy/path';

/** What may be sent, and with what. */
export interface ProbeSettings {
  /** Scopes that the client of each tier can get, by the tier's name. */
  readonly clients: Readonly<Record<string, readonly string[]>>;
  /** Values for parameters, by route: `GET /api/orders/:id`. */
  readonly examples: Readonly<Record<string, PathValues>>;
  readonly pairs: readonly ResourcePair[];
  readonly hasExpiredToken: boolean;
  /** GET, HEAD and OPTIONS alone. */
  readonly isReadOnly: boolean;
  /** Also calls of unsafe methods that the policy allows. */
  readonly isUnsafe: boolean;
}

/** A resource of the organisation whose client it is, and one of another organisation. */
export interface ResourcePair {
  readonly route: string;
  readonly tier: string;
  readonly own: PathValues;
  readonly other: PathValues;
}
