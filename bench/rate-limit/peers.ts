/** What the benchmark compares; the first is the baseline. */
export const LIMIT_PEERS = [
  'bare Express',
  'one Redis PING',
  'Portcullis, exact',
  'rate-limiter-flexible',
  'rate-limiter-flexible, auto-pipelined',
  'rate-limiter-flexible, memory block',
  'express-rate-limit + rate-limit-redis',
] as const;

export type LimitPeer = (typeof LIMIT_PEERS)[number];
