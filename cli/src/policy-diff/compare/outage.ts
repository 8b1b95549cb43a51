import type { Policy, Route } from '@portcullis/runtime/policy';
import type { Caller, PolicyChange } from '../change';
import type { Cell } from '../paths/cells';
import { keyOf } from './access';
import type { LetIn } from './both-let-in';
import { heldTo } from './held-to';

/** From the one that lets nobody in to the one that lets everybody in. */
const POLICIES = ['closed', 'local', 'open'] as const;

type OutagePolicy = (typeof POLICIES)[number];

/** What happens to a call while the store does not answer. Where no limit refuses, an outage does not either. */
function outagePolicyOf(policy: Policy, route: Route, caller: Caller): OutagePolicy {
  const refuses = heldTo(policy, route, caller).some(({ calls }) => calls !== Infinity);
  if (!refuses) return isHeld(policy, route, caller) && route.onStoreFailure === 'closed' ? 'closed' : 'open';
  return route.onStoreFailure;
}

/** A call that costs nothing is still held to limits, so that it is refused where a store has to answer. */
const isHeld = (policy: Policy, route: Route, caller: Caller): boolean =>
  heldTo(policy, route, caller).length > 0;

/** Who is let in while the rate-limit store does not answer, and was not; and the reverse. */
export function outageChanges(
  policies: { readonly was: Policy; readonly will: Policy },
  cell: Cell,
  { was, will, caller, who, told }: LetIn,
): PolicyChange[] {
  const before = outagePolicyOf(policies.was, was, caller);
  const after = outagePolicyOf(policies.will, will, caller);
  if (before === after) return [];
  const isWidening = POLICIES.indexOf(after) > POLICIES.indexOf(before);
  const direction = isWidening ? 'widening' : 'narrowing';
  if (told === direction) return [];
  const refused = (policy: OutagePolicy) =>
    policy === 'closed' ? 'temporarily_unavailable' : 'rate_limited';
  const { method, path } = cell;
  const stricter = isWidening ? { policy: policies.was, route: was } : { policy: policies.will, route: will };
  const isLocal = (isWidening ? before : after) === 'local';
  return [
    {
      direction,
      aspect: 'outage',
      // The plan's grades: what stays open in an outage is danger, what counts by itself is not.
      grade: isWidening && after === 'open' ? 'danger' : 'notice',
      routes: [keyOf(cell)],
      who: [who],
      sentence: `without a store: ${before} → ${after}`,
      witness: {
        method,
        path,
        caller,
        circumstance: 'the rate-limit store does not answer',
        // A process admits a share of each limit by itself, all of it at most.
        ...(isLocal && {
          after: {
            bursts: [{ atSeconds: 0, callers: 1, times: mostCalls(stricter.policy, stricter.route, caller) }],
            atSeconds: 0,
            sharing: [],
            from: 'the last caller',
          },
        }),
        was: isWidening ? refused(before) : 'let in',
        will: isWidening ? 'let in' : refused(after),
      },
    },
  ];
}

function mostCalls(policy: Policy, route: Route, caller: Caller): number {
  return Math.min(...heldTo(policy, route, caller).map(({ calls }) => calls));
}
