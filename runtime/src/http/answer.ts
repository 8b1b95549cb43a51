import type { Response } from '../peer-types';
import type { IncomingMessage, ServerResponse } from 'node:http';
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

/** An answer that refuses a request. Its client gets it as plain JSON, or as problem details. */
export interface ErrorAnswer {
  readonly status: number;
  readonly body: ErrorBody;
  readonly headers?: Readonly<Record<string, string>>;
  /** What problem details say of it beside the body. */
  readonly members?: ProblemMembers;
}

/** An answer as it is sent: for any framework. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON, already a text. */
  readonly body: string;
}

const JSON_UTF8 = 'application/json; charset=utf-8';

/** Refusals are about one caller at one moment, so nothing may cache them. */
const UNCACHED = 'no-store';

/**
 * Refuses a request. A request that somebody answered meanwhile (a time-out of the app's, say) keeps that answer.
 */
export function refuse(res: ServerResponse, { status, body, headers, members }: ErrorAnswer): void {
  if (res.headersSent) return;
  const isProblem = asksForProblem(acceptOf(res.req));
  const sent = isProblem ? problemOf(status, body, members) : body;
  refuseWith(res, status, sent, headers, isProblem ? PROBLEM : JSON_UTF8);
}

/** As {@link refuse}, with a body of another shape. */
export function refuseWith(
  res: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
  type = JSON_UTF8,
): void {
  if (res.headersSent) return;
  // Not by Express' `json()`: it hashes an ETag for an answer that nothing may cache, and refusals have to be cheap.
  res.statusCode = status;
  res.setHeader('Cache-Control', UNCACHED);
  res.setHeader('Content-Type', type);
  for (const name in headers) res.setHeader(name, headers[name] ?? '');
  res.end(JSON.stringify(body));
}

/**
 * What {@link refuse} sends, for whoever sends it otherwise.
 *
 * @param accept of the request.
 */
export function answerOf({ status, body, headers, members }: ErrorAnswer, accept?: string): Answer {
  const isProblem = asksForProblem(accept);
  return {
    status,
    headers: { 'Cache-Control': UNCACHED, 'Content-Type': isProblem ? PROBLEM : JSON_UTF8, ...headers },
    body: JSON.stringify(isProblem ? problemOf(status, body, members) : body),
  };
}

/** A path that another server may read as another one. Nothing is asked or charged: no client needs to send it. */
export const AMBIGUOUS_PATH: ErrorAnswer = {
  status: 400,
  body: {
    error: 'invalid_request',
    message:
      'Servers read this path differently: send it without . and .. segments, backslashes and encoded slashes',
  },
};

/** Requests that an adapter made may have no headers. */
function acceptOf(req: Partial<Pick<IncomingMessage, 'headers'>> | undefined): string | undefined {
  return req?.headers?.accept;
}

/** Sends a browser elsewhere, with GET (303, RFC 9110 §15.4.4). Where to is about one caller: nothing may cache it. */
export function redirect(res: Response, url: string): void {
  res.set('Cache-Control', 'no-store');
  res.redirect(303, url);
}
