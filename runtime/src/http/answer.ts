import type { Response } from 'express';
import type { ServerResponse } from 'node:http';
import { asksForProblem, PROBLEM, problemOf, type ProblemMembers } from './problem';

/**
 * The one JSON shape of every refusal. `error` is stable: clients may switch on it. A client whose `Accept` asks for
 * problem details (RFC 9457) gets those, with the same members.
 */
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

/**
 * Refuses a request. Refusals are about one caller at one moment, so nothing may cache them. A request that somebody
 * answered meanwhile (a time-out of the app's, say) keeps that answer.
 */
export function refuse(
  res: ServerResponse,
  status: number,
  body: ErrorBody,
  headers: Record<string, string> = {},
  members?: ProblemMembers,
): void {
  if (res.headersSent) return;
  const isProblem = asksForProblem(res.req);
  const sent = isProblem ? problemOf(status, body, members) : body;
  refuseWith(res, status, sent, headers, isProblem ? PROBLEM : JSON_UTF8);
}

const JSON_UTF8 = 'application/json; charset=utf-8';

/** As {@link refuse}, with a body of another shape. */
export function refuseWith(
  res: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string>,
  type = JSON_UTF8,
): void {
  if (res.headersSent) return;
  // Not by Express' `json()`: it hashes an ETag for an answer that nothing may cache, and refusals have to be cheap.
  res.statusCode = status;
  res.setHeader('Cache-Control', 'no-store');
  res.setHeader('Content-Type', type);
  for (const name in headers) res.setHeader(name, headers[name] ?? '');
  res.end(JSON.stringify(body));
}

/** 400 for a path that another server may read as another one. Nothing is asked or charged: no client needs to send it. */
export function refuseAmbiguousPath(res: ServerResponse): void {
  refuse(res, 400, {
    error: 'invalid_request',
    message:
      'Servers read this path differently: send it without . and .. segments, backslashes and encoded slashes',
  });
}

/** Sends a browser elsewhere, with GET (303, RFC 9110 §15.4.4). Where to is about one caller: nothing may cache it. */
export function redirect(res: Response, url: string): void {
  res.set('Cache-Control', 'no-store');
  res.redirect(303, url);
}
