/**
 * What a policy says of a request. An interpreter of its own, made from what the policy documents: it shares no code with
 * the runtime, so that a mistake there is none here.
 */
import type { Policy, Route } from '@portcullis/runtime/policy';
import { matchesPath } from './path';

/** Who a request says it is from. */
export type Caller =
  | { readonly is: 'nobody' | 'unknown scheme' | 'bad token' | 'expired token' }
  | { readonly is: 'client'; readonly scopes: readonly string[] };

export interface Asked {
  readonly method: string;
  /** As it is sent, without a query. */
  readonly path: string;
  readonly caller: Caller;
}

export type Decision =
  | { readonly is: 'let in'; readonly route: Route }
  | { readonly is: 'unauthorized' | 'invalid token' | 'expired' | 'unlisted' | 'ambiguous' }
  | { readonly is: 'insufficient scope'; readonly route: Route };

export function decisionOf(policy: Policy, { method, path, caller }: Asked): Decision {
  if (hasDotSegments(path)) return { is: 'ambiguous' };
  const route = routeFor(policy, method, path);
  if (route?.public === true) return { is: 'let in', route };
  if (caller.is !== 'client') return { is: WITHOUT_CLIENT[caller.is] };
  if (route === undefined) return { is: 'unlisted' };
  const holds = route.scopes.every((scope) => caller.scopes.includes(scope));
  return { is: holds ? 'let in' : 'insufficient scope', route };
}

const WITHOUT_CLIENT = {
  nobody: 'unauthorized',
  'unknown scheme': 'unauthorized',
  'bad token': 'invalid token',
  'expired token': 'expired',
} as const;

/** HEAD is GET. */
export function routeFor(policy: Policy, method: string, path: string): Route | undefined {
  const asked = method === 'HEAD' ? 'GET' : method;
  return policy.routes.find((route) => route.method === asked && matchesPath(route.path, path));
}

/** `.` or `..` as a segment, encoded or not. */
function hasDotSegments(path: string): boolean {
  return path.split('/').some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment));
}
