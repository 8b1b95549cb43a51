/** Everything that is sent to an API to hold its policy against it: a function of the policy and of what is configured. */
import type { Policy } from '@portcullis/runtime/policy';
import { tiersBySize } from '../policy/limits';
import { probesOfBrowsers } from './of-browsers';
import { probesOfPairs, probesOfTiers } from './of-clients';
import { probesOfPlaces } from './of-places';
import { NO_CLIENT, probesOfRoute, together } from './of-routes';
import type { Credentials, Plan } from './probe';
import type { ProbeSettings } from './settings';
import { isSafe, nameOf, probe, targetOf } from './subject';

export function planProbes(policy: Policy, settings: ProbeSettings): Plan {
  // What does not depend on the tier is asked once, as the one that is let do most.
  const tier = tiersBySize(policy).find((name) => Object.hasOwn(settings.clients, name));
  return together([
    // First: nobody has spent anything yet.
    probesOfTiers(policy, settings),
    ...policy.routes.map((route) => probesOfRoute(policy, route, settings, tier)),
    once(policy, settings, tier),
    { probes: probesOfPlaces(policy, settings, tier), omitted: [] },
    { probes: probesOfBrowsers(policy, settings), omitted: [] },
    probesOfPairs(policy, settings),
  ]);
}

/** Tokens that are refused before anybody looks at the route. */
function once(policy: Policy, settings: ProbeSettings, tier: string | undefined): Plan {
  const route = policy.routes.find((one) => !one.public && (isSafe(one.method) || !settings.isReadOnly));
  if (route === undefined) return { probes: [], omitted: [] };
  const send = (check: 'expired-token' | 'unsigned-token', credentials: Credentials): Plan => ({
    probes: [
      probe(policy, {
        check,
        subject: nameOf(route),
        method: route.method,
        target: targetOf(route, settings),
        credentials,
      }),
    ],
    omitted: [],
  });
  const omit = (check: 'expired-token' | 'unsigned-token', reason: string): Plan => ({
    probes: [],
    omitted: [{ check, subject: nameOf(route), reason }],
  });
  return together([
    settings.hasExpiredToken
      ? send('expired-token', { is: 'expired' })
      : omit('expired-token', 'no token that has expired is configured (expiredTokenVariable)'),
    tier === undefined
      ? omit('unsigned-token', NO_CLIENT)
      : send('unsigned-token', { is: 'unsigned', tier, scopes: route.scopes }),
  ]);
}
