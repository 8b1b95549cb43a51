import { policy } from '../policy';
import parseurl from 'parseurl';
import { pino, type DestinationStream, type Logger } from 'pino';
import { pinoHttp, type HttpLogger } from 'pino-http';
import type { IncomingMessage } from 'node:http';

/** Names under which a secret could slip into a log object, at any of the depths that we log. */
const secretFields = ['password', 'secret', 'token', 'authorization', 'cookie', 'lease_id'];
const redactedPaths = secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);

/** JSON lines on standard output, unless another destination is given. */
export function createLogger(level: string, destination: DestinationStream = pino.destination(1)): Logger {
  const redact = { paths: redactedPaths, censor: '[secret]' };
  return pino({ level, base: { service: policy.name }, redact }, destination);
}

/**
 * One line a request. It names the policy's route, not the URL: paths carry export tokens and queries
 * carry what clients put there. No header is logged.
 */
export function logRequests(logger: Logger): HttpLogger {
  return pinoHttp({
    logger,
    serializers: {
      req: (req: { method: string; raw: IncomingMessage }) => ({
        method: req.method,
        route: routePath(req.raw),
      }),
      res: (res: { statusCode: number }) => ({ status: res.statusCode }),
    },
    customLogLevel: (_req, res, error) => ((error ?? res.statusCode >= 500) ? 'error' : 'info'),
  });
}

function routePath(req: IncomingMessage): string {
  const path = parseurl.original(req)?.pathname;
  const route = typeof path === 'string' ? policy.match(req.method ?? '', path) : undefined;
  return route?.path ?? 'unlisted';
}
