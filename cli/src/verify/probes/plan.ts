/** Everything that is sent to an API to hold its policy against it: a function of the policy and of what is configured. */
import type { Policy } from '@portcullis/runtime/policy';
import { tiersBySize } from '../policy/limits';
import { probesOfBrowsers } from './of-browsers';
import { probesOfPairs, probesOfTiers } from './of-clients';
import { probesOfPlaces } from './of-places';
import { NO_CLIENT, probesOfRoute, together } from './of-routes';
import type { Omitted, Plan, Probe } from './probe';
import type { ProbeSettings } from './settings';
import { isSafe, nameOf, probe, targetOf } from './subject';

export function planProbes(policy: Policy, settings: ProbeSettings): Plan {
  // What does not depend on the tier is asked once, as the one that is let do most.
  const tier = tiersBySize(policy).find((name) => Object.hasOwn(settings.clients, name));
  return together([
    // First: nobody has spent anything yet.
    probesOfTiers(policy, settings),
    ...policy.routes.map((route) => probesOfRoute(policy, route, settings, tier)),
    probesOfTokens(policy, settings, tier),
    { probes: probesOfPlaces(policy, settings, tier), omitted: [] },
    { probes: probesOfBrowsers(policy, settings), omitted: [] },
    probesOfPairs(policy, settings),
  ]);
}

/** Tokens that are refused before anybody looks at the route. */
function probesOfTokens(policy: Policy, settings: ProbeSettings, tier: string | undefined): Plan {
  const route = policy.routes.find((one) => !one.public && (isSafe(one.method) || !settings.isReadOnly));
  if (route === undefined) return { probes: [], omitted: [] };
  const subject = nameOf(route);
  const call = { subject, method: route.method, target: targetOf(route, settings) };
  const plan: { probes: Probe[]; omitted: Omitted[] } = { probes: [], omitted: [] };
  if (settings.hasExpiredToken)
    plan.probes.push(probe(policy, { ...call, check: 'expired-token', credentials: { is: 'expired' } }));
  else
    plan.omitted.push({
      ...{ check: 'expired-token', subject },
      reason: 'no token that has expired is configured (expiredTokenVariable)',
    });
  if (tier === undefined) plan.omitted.push({ check: 'unsigned-token', subject, reason: NO_CLIENT });
  else {
    const credentials = { is: 'unsigned', tier, scopes: route.scopes } as const;
    plan.probes.push(probe(policy, { ...call, check: 'unsigned-token', credentials }));
  }
  return plan;
}
