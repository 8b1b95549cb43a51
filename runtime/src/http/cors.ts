/** What browsers are told about pages of other origins (Fetch standard, "CORS protocol"), as the policy has it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ANY_ORIGIN, EXPOSED_HEADERS, type Policy } from '../policy';
import { pathOf } from './route-of';

/**
 * Sets the headers of any answer that follows, refusals included.
 *
 * @returns whether the request is a preflight, which somebody has to answer.
 */
export type CorsHeaders = (req: IncomingMessage, res: ServerResponse) => boolean;

/** Nothing where the policy has no `cors`: then browsers show an answer to pages of its own origin alone. */
export function corsHeaders(policy: Policy): CorsHeaders | undefined {
  const { cors } = policy;
  if (cors === undefined) return undefined;
  const origins = new Set(cors.origins);
  const isOpen = origins.has(ANY_ORIGIN);
  const exposed = EXPOSED_HEADERS.join(', ');
  return (req, res) => {
    // A cache must not give one origin's answer to another one: this is said of every answer.
    if (!isOpen) varyByOrigin(res);
    const { origin } = req.headers;
    if (typeof origin !== 'string') return false;
    const isPreflight =
      req.method === 'OPTIONS' && req.headers['access-control-request-method'] !== undefined;
    if (!isOpen && !origins.has(origin)) return isPreflight;
    res.setHeader('Access-Control-Allow-Origin', isOpen ? ANY_ORIGIN : origin);
    if (cors.credentials) res.setHeader('Access-Control-Allow-Credentials', 'true');
    if (!isPreflight) {
      res.setHeader('Access-Control-Expose-Headers', exposed);
      return false;
    }
    const methods = methodsAt(policy, req);
    if (methods.length > 0) res.setHeader('Access-Control-Allow-Methods', methods.join(', '));
    if (cors.headers.length > 0) res.setHeader('Access-Control-Allow-Headers', cors.headers.join(', '));
    res.setHeader('Access-Control-Max-Age', cors.maxAgeSeconds);
    return true;
  };
}

function varyByOrigin(res: ServerResponse): void {
  const before = res.getHeader('Vary');
  const names = before === undefined ? [] : String(before).split(/ *, */);
  if (!names.some((name) => name === '*' || name.toLowerCase() === 'origin'))
    res.setHeader('Vary', [...names, 'Origin'].join(', '));
}

/** 204: what is allowed is in the headers. An origin that is not allowed finds none. */
export function answerPreflight(res: ServerResponse): void {
  res.statusCode = 204;
  res.end();
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** The methods that the policy lists for the request's path. */
function methodsAt(policy: Policy, req: IncomingMessage): string[] {
  const path = pathOf(req);
  return path === undefined ? [] : METHODS.filter((method) => policy.match(method, path) !== undefined);
}
