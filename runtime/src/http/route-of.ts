import type { IncomingMessage } from 'node:http';
import parseurl from 'parseurl';
import type { Policy, Route } from '../policy';
import { hasSlashInWildcard, isAmbiguousPath } from '../policy/ambiguous-path';
import { wildcardsOf } from '../policy/route-pattern';
import { targetOf, type Targeted } from './target';

/** A request as far as its route is concerned. */
export interface Routed extends Targeted {
  readonly method?: string | undefined;
}

/**
 * The policy's route for a request. Reads the URL as it arrived, with the router's own parser: where a
 * middleware or router is mounted, and what was rewritten before it, cannot change the answer.
 */
export function routeOf(policy: Policy, req: Routed): Route | undefined {
  const path = pathOf(req);
  return path === undefined ? undefined : policy.match(req.method ?? '', path);
}

/**
 * Whether another server may read the request's path as another one, so that the route says nothing about what would
 * be served: see {@link isAmbiguousPath} and {@link hasSlashInWildcard}.
 */
export function isAmbiguous(req: Routed, route: Route | undefined): boolean {
  // Not the parsed path: what the parser drops or rewrites, a proxy sends on.
  const target = withoutQuery(targetOf(req));
  if (isAmbiguousPath(target)) return true;
  return route !== undefined && hasSlashInWildcard(wildcardsOf(route.path), pathOf(req) ?? target);
}

function withoutQuery(target: string): string {
  const queryAt = target.indexOf('?');
  return queryAt === -1 ? target : target.slice(0, queryAt);
}

/** The path that the router matches, still encoded. */
export function pathOf(req: Targeted): string | undefined {
  // The router has parsed a URL that nobody rewrote: its answer is kept, so ask for that one.
  const { originalUrl } = req;
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- parseurl reads and keeps what `Targeted` has, and nothing else of a message
  const message = req as IncomingMessage;
  const parsed =
    originalUrl === undefined || req.url === originalUrl ? parseurl(message) : parseurl.original(message);
  return parsed?.pathname ?? undefined;
}
