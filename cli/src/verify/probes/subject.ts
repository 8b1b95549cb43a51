/** A policy's route, and how it is called here. */
import type { Policy, Route } from '@portcullis/runtime/policy';
import { pathFor } from '../policy/path';
import { ANONYMOUS, limitsFor } from '../policy/limits';
import { decisionOf, type Caller } from '../policy/decision';
import type { Credentials, Expected, Probe } from './probe';
import type { ProbeSettings } from './settings';

export const nameOf = ({ method, path }: Pick<Route, 'method' | 'path'>): string => `${method} ${path}`;

/** RFC 9110 §9.2.1, of the methods that a policy has. */
export const isSafe = (method: string): boolean => ['GET', 'HEAD', 'OPTIONS'].includes(method);

export function targetOf(route: Route, { examples }: ProbeSettings): string {
  return pathFor(route.path, examples[nameOf(route)]);
}

/** Whose failures, and public calls, are counted: one's network's. */
export function networkTier(policy: Policy): string {
  return Object.hasOwn(policy.tiers, ANONYMOUS) ? ANONYMOUS : policy.defaultTier;
}

type Sent = Pick<Probe, 'check' | 'subject' | 'method' | 'target' | 'credentials'> &
  Partial<Pick<Probe, 'headers'>>;

/** A probe whose answer has to be the policy's decision, or what the caller says. */
export function probe(policy: Policy, sent: Sent, expected?: Expected): Probe {
  const { method, target, credentials } = sent;
  const decision = decisionOf(policy, { method, path: target, caller: callerOf(credentials) });
  const route = 'route' in decision ? decision.route : undefined;
  const isPublic = route?.public === true;
  const hasClient = credentials.is === 'token' && !isPublic;
  const tier = hasClient ? credentials.tier : networkTier(policy);
  return {
    ...sent,
    expected: expected ?? { is: 'decision', decision },
    counter: hasClient ? `the client of ${tier}` : isPublic ? 'public calls' : 'failed authentications',
    cost: hasClient || isPublic ? (route?.cost ?? 1) : 1,
    paced: limitsFor(policy, tier, route),
    limits: decision.is === 'let in' ? limitsFor(policy, tier, route) : [],
  };
}

function callerOf(credentials: Credentials): Caller {
  switch (credentials.is) {
    case 'none':
      return { is: 'nobody' };
    case 'basic':
      return { is: 'unknown scheme' };
    case 'expired':
      return { is: 'expired token' };
    case 'token':
      return { is: 'client', scopes: credentials.scopes };
    default:
      return { is: 'bad token' };
  }
}
