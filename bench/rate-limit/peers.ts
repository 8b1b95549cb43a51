/** What the benchmark compares; the first is the baseline. */
export const LIMIT_PEERS = [
  'bare Express',
  'one Redis PING',
  'Portcullis, exact',
  'Portcullis, two nested keys',
  'Portcullis, in shadow',
  'Portcullis, reserved',
  'rate-limiter-flexible',
  'rate-limiter-flexible, auto-pipelined',
  'rate-limiter-flexible, memory block',
  'express-rate-limit + rate-limit-redis',
  '@upstash/ratelimit',
] as const;

export type LimitPeer = (typeof LIMIT_PEERS)[number];

/** What the measured program is told. */
export interface LimitSettings {
  readonly peer: LimitPeer;
  readonly redisUrl: string;
  /** The same Redis over Upstash's REST protocol. */
  readonly rest: { readonly url: string; readonly token: string };
}
