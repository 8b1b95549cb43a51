/** API Gateway as its documentation has it, over a synthesized stack. Shares no code with what made the stack. */
import type { JsonWebKey } from 'node:crypto';

export interface GatewayRequest {
  readonly method: string;
  /** As it is sent: still encoded, with its query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Verdict {
  /** 200: the request is passed on to the app. */
  readonly status: number;
  /** What the gateway says by itself. */
  readonly body?: unknown;
  /** Names in lower case. With 200 they stand in for the app's of the same kind. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What all clients together may send: requests a second, and at once. */
  readonly throttle?: { readonly rate: number; readonly burst: number };
}

export interface Gateway {
  answer(request: GatewayRequest): Promise<Verdict>;
}

/** What lies outside of the stack. */
export interface Surroundings {
  /** The issuer's keys. */
  readonly keys: readonly JsonWebKey[];
  /** Seconds since 1970. */
  readonly now: () => number;
}

export const pathOf = (url: string): string => url.split('?', 1)[0] ?? '';

export function header({ headers }: GatewayRequest, name: string): string | undefined {
  return Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
}
