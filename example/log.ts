import { policy } from '../policy';
import parseurl from 'parseurl';
import { pino, type DestinationStream, type Logger } from 'pino';
import { pinoHttp, type HttpLogger } from 'pino-http';
import type { IncomingMessage } from 'node:http';

/** Names of fields that could bring a secret into a log line, at any depth that we log. */
const secretFields = ['password', 'secret', 'token', 'authorization', 'cookie', 'lease_id'];
const redactedPaths = secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);

/** JSON lines on standard output, unless another destination is given. */
export function createLogger(level: string, destination: DestinationStream = pino.destination(1)): Logger {
  const redact = { paths: redactedPaths, censor: '[secret]' };
  return pino({ level, base: { service: policy.name }, redact }, destination);
}

/**
 * Logs one line for each request. The line names the policy's route instead of the URL: paths hold export links, and
 * queries hold what clients put there. No header is logged.
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
