import type { ErrorRequestHandler, RequestHandler } from 'express';
import { ZodError } from 'zod';

/** What the policy lets through and no route has. */
export const answerNotFound: RequestHandler = (_req, res) => {
  res.status(404).json({ error: 'not_found', message: 'There is nothing here.' });
};

/** The last handler. Clients learn what to correct in their request, never what went wrong inside. */
export const answerErrors: ErrorRequestHandler = (error: unknown, req, res, next) => {
  if (res.headersSent) {
    next(error);
    return;
  }
  if (error instanceof ZodError) {
    const problems = error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
    res.status(400).json({ error: 'invalid_request', message: 'The request is not valid.', problems });
    return;
  }
  const status = clientErrorStatus(error);
  if (status !== undefined) {
    res.status(status).json({ error: 'invalid_request', message: 'The request could not be read.' });
    return;
  }
  req.log.error({ err: error }, 'request failed');
  res
    .status(500)
    .json({ error: 'internal_error', message: 'Something went wrong on our side. Please try again.' });
};

/** Express and its parsers give errors that are the client's fault (bad JSON, a body too large) a 4xx status. */
function clientErrorStatus(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('status' in error)) return undefined;
  const { status } = error;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}
