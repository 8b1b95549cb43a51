/** What the benchmark compares; the first is the baseline. */
export const STACK_PEERS = [
  'bare Express',
  'one pipelined PING',
  'Portcullis, exact',
  'Portcullis, reserved',
  'node-oauth2-jwt-bearer + rate-limiter-flexible',
] as const;

export type StackPeer = (typeof STACK_PEERS)[number];
