/** Whether a browser is told what the policy's `cors` says (Fetch standard, "CORS protocol"). */
import type { Policy } from '@portcullis/runtime/policy';
import { routeFor } from '../policy/decision';
import type { Expected } from '../probes/probe';
import type { Answer } from '../target/exchange';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** What pages are told otherwise; nothing where it is as the policy says. */
export function corsProblem(
  policy: Policy,
  target: string,
  { origin, isAllowed, isPreflight }: Extract<Expected, { is: 'cors' }>,
  answer: Answer,
): string | undefined {
  const { headers } = answer;
  const allowed = headers['access-control-allow-origin'];
  if (!isAllowed) {
    if (allowed === '*') return 'lets pages of every origin read it (Access-Control-Allow-Origin: *)';
    return allowed === origin || allowed === 'null'
      ? 'lets pages of an origin read it that the policy does not list'
      : undefined;
  }
  const { cors } = policy;
  if (allowed !== origin && !(allowed === '*' && cors?.origins.includes('*') === true))
    return 'does not let pages of an origin read it that the policy lists';
  if ((headers['access-control-allow-credentials'] === 'true') !== (cors?.credentials === true))
    return `says otherwise than the policy whether cookies are sent along: ${String(cors?.credentials)}`;
  if (!isPreflight) return undefined;
  if (answer.status < 200 || answer.status > 299)
    return `answers a preflight of a listed origin with ${answer.status}`;
  const listed = METHODS.filter((method) => routeFor(policy, method, target) !== undefined);
  const told = namesIn(headers['access-control-allow-methods']).map((name) => name.toUpperCase());
  // HEAD and GET need no permission of their own: some servers leave HEAD out.
  const isWrong =
    told.some((method) => !listed.includes(method)) ||
    listed.some((method) => method !== 'HEAD' && !told.includes(method));
  if (isWrong) return 'allows pages other methods than the policy lists for the path';
  const names = namesIn(headers['access-control-allow-headers']).map((name) => name.toLowerCase());
  return names.some((name) => name === '*' || cors?.headers.includes(name) !== true)
    ? 'allows pages other request headers than the policy lists'
    : undefined;
}

const namesIn = (list = ''): string[] => list.split(/\s*,\s*/).filter((name) => name !== '');
