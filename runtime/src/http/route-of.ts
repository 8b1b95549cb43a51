import type { Request } from 'express';
import parseurl from 'parseurl';
import type { Policy, Route } from '../policy';

/**
 * The policy's route for a request. Reads the URL as it arrived, with the router's own parser: where a
 * middleware or router is mounted, and what was rewritten before it, cannot change the answer.
 */
export function routeOf(policy: Policy, req: Request): Route | undefined {
  // The router has parsed a URL that nobody rewrote: its answer is kept, so ask for that one.
  const parsed = req.url === req.originalUrl ? parseurl(req) : parseurl.original(req);
  const path = parsed?.pathname;
  return typeof path === 'string' ? policy.match(req.method, path) : undefined;
}
