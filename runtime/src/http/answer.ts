import type { Response } from 'express';

/** The one JSON shape of every refusal. `error` is stable: clients may switch on it. */
export interface ErrorBody {
  readonly error:
    | 'invalid_request'
    | 'unauthorized'
    | 'token_expired'
    | 'invalid_token'
    | 'forbidden'
    | 'insufficient_scope'
    | 'rate_limit_exceeded'
    | 'cost_exceeds_limit'
    | 'temporarily_unavailable';
  readonly message: string;
  readonly [detail: string]: unknown;
}

/** Refuses a request. Refusals are about one caller at one moment, so nothing may cache them. */
export function refuse(
  res: Response,
  status: number,
  body: ErrorBody,
  headers: Record<string, string> = {},
): void {
  res.set({ 'Cache-Control': 'no-store', ...headers });
  res.status(status).json(body);
}
