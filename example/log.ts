import type { AuthContext } from '@portcullis/runtime';
import type { RequestHandler } from 'express';
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { policy } from '../policy';
import parseurl from 'parseurl';
import { pino, type DestinationStream, type Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Names of fields that could bring a secret into a log line, at any depth that we log. */
const secretFields = ['password', 'secret', 'token', 'authorization', 'cookie', 'lease_id'];
const redactedPaths = secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);

/** JSON lines on standard output, unless another destination is given. */
export function createLogger(level: string, destination: DestinationStream = pino.destination(1)): Logger {
  const redact = { paths: redactedPaths, censor: '[secret]' };
  return pino({ level, base: { service: policy.name }, redact }, destination);
}

/** The request that is being answered. */
const answering = new AsyncLocalStorage<{ readonly requestId: string }>();

export interface RequestLogOptions {
  /**
   * Header in which a gateway names the request. Only of one that overwrites it: what clients send there would lead whoever
   * reads the log astray. @default each request is named here
   */
  readonly requestIdHeader?: string | undefined;
  /** What the log calls the caller, where that is known by now. @default the log names no subject */
  readonly pseudonymOf?: ((caller: AuthContext) => string | undefined) | undefined;
}

/**
 * Logs one line for each request: who called, by client, organisation, token ID and pseudonym, and what became of it. The
 * line names the policy's route instead of the URL: paths hold export links, and queries hold what clients put there. No
 * header is logged but the request's ID, which the answer brings along in `X-Request-Id`.
 */
export function logRequests(logger: Logger, options: RequestLogOptions = {}): RequestHandler {
  const { requestIdHeader, pseudonymOf = () => undefined } = options;
  const log = pinoHttp({
    logger,
    genReqId: (req, res) => named(res, requestIdOf(req, requestIdHeader)),
    customAttributeKeys: { reqId: 'requestId' },
    quietReqLogger: true,
    customProps: ({ auth }) => (auth === undefined ? {} : callerFields(auth, pseudonymOf(auth))),
    serializers: {
      req: (req: { method: string; raw: IncomingMessage }) => ({
        method: req.method,
        route: routePath(req.raw),
      }),
      res: (res: { statusCode: number }) => ({ status: res.statusCode }),
    },
    customLogLevel: (_req, res, error) => ((error ?? res.statusCode >= 500) ? 'error' : 'info'),
  });
  return (req, res, next) => {
    log(req, res);
    answering.run({ requestId: req.id as string }, next);
  };
}

/** Logs what happens behind the answers, each with the request during which it happened, if there is one. */
export function eventLog(logger: Logger): (event: { readonly type: string }) => void {
  return (event) => logger.info({ ...answering.getStore(), ...event }, event.type);
}

/** API Gateway's are `JKJaXmPLvHcESHA=` and UUIDs. Anything else would be some client's text in our log. */
const REQUEST_ID = /^[\w=-]{1,100}$/;

function requestIdOf({ headers }: IncomingMessage, header: string | undefined): string {
  const told = header === undefined ? undefined : headers[header.toLowerCase()];
  return typeof told === 'string' && REQUEST_ID.test(told) ? told : randomUUID();
}

function named(res: ServerResponse, requestId: string): string {
  res.setHeader('X-Request-Id', requestId);
  return requestId;
}

/** A provider's texts may be long; a line of the log is not. */
const LONGEST = 200;

/** What the log says of a caller. The token's ID is no token: nobody is let in by it. */
function callerFields({ clientId, organisation, claims }: AuthContext, subject: string | undefined): object {
  const fields = { client: clientId, organisation, tokenId: claims.jti };
  const cut = Object.entries(fields).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' ? [[name, value.slice(0, LONGEST)]] : [],
  );
  // Whole, or nobody can resolve it.
  return { ...Object.fromEntries(cut), ...(subject !== undefined && { subject }) };
}

function routePath(req: IncomingMessage): string {
  const path = parseurl.original(req)?.pathname;
  const route = typeof path === 'string' ? policy.match(req.method ?? '', path) : undefined;
  return route?.path ?? 'unlisted';
}
