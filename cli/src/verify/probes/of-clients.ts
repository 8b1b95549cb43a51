/** What is asked as each tier's client, and of what belongs to another organisation. */
import type { Policy, Route } from '@portcullis/runtime/policy';
import { tiersBySize } from '../policy/limits';
import { parametersOf, pathFor } from '../policy/path';
import { NO_CLIENT, together } from './of-routes';
import type { Plan, Probe } from './probe';
import type { ProbeSettings, ResourcePair } from './settings';
import { isSafe, nameOf, probe, targetOf } from './subject';

/** That answers state each tier's own limits: by its cheapest calls, and by those of routes that have limits themselves. */
export function probesOfTiers(policy: Policy, settings: ProbeSettings): Plan {
  return together(tiersBySize(policy).map((tier) => ofTier(policy, settings, tier)));
}

function ofTier(policy: Policy, settings: ProbeSettings, tier: string): Plan {
  const subject = `tier ${tier}`;
  const scopes = settings.clients[tier];
  const omit = (reason: string): Plan => ({ probes: [], omitted: [{ check: 'limits', subject, reason }] });
  if (scopes === undefined) return omit(NO_CLIENT);
  const callable = policy.routes.filter(
    (route) =>
      !route.public && route.method === 'GET' && route.scopes.every((scope) => scopes.includes(scope)),
  );
  const byCost = callable.toSorted((a, b) => a.cost - b.cost);
  const chosen = new Set([
    byCost.find(({ cost }) => cost === 0),
    byCost.find(({ cost }) => cost > 0),
    ...callable.filter(({ limits }) => limits !== undefined),
  ]);
  const probes = [...chosen]
    .filter((route): route is Route => route !== undefined)
    .map((route) =>
      probe(policy, {
        check: 'limits',
        subject: `${nameOf(route)} as ${tier}`,
        method: route.method,
        target: targetOf(route, settings),
        credentials: { is: 'token', tier, scopes: route.scopes },
      }),
    );
  return probes.length === 0
    ? omit('it can call no GET route, and nothing else is harmless')
    : { probes, omitted: [] };
}

/** Of each pair: that the own one is served, without which a refusal of the other would say nothing. */
export function probesOfPairs(policy: Policy, settings: ProbeSettings): Plan {
  const paired = new Set(settings.pairs.map(({ route }) => route));
  const unpaired = policy.routes.filter(
    (route) => !route.public && parametersOf(route.path).length > 0 && !paired.has(nameOf(route)),
  );
  return together([
    ...settings.pairs.map((pair) => ofPair(policy, settings, pair)),
    {
      probes: [],
      omitted: unpaired.map((route) => ({
        check: 'other-organisation' as const,
        subject: nameOf(route),
        reason: 'no pair of resources of two organisations is configured',
      })),
    },
  ]);
}

function ofPair(policy: Policy, settings: ProbeSettings, pair: ResourcePair): Plan {
  const route = policy.routes.find((one) => nameOf(one) === pair.route);
  const omit = (reason: string): Plan => ({
    probes: [],
    omitted: [{ check: 'other-organisation', subject: pair.route, reason }],
  });
  if (route === undefined || settings.clients[pair.tier] === undefined) return omit(NO_CLIENT);
  if (!isSafe(route.method) && !settings.isUnsafe) return omit('its own resource would be changed: --unsafe');
  const send = (values: ResourcePair['own'], isOwn: boolean): Probe =>
    probe(
      policy,
      {
        check: 'other-organisation',
        subject: nameOf(route),
        method: route.method,
        target: pathFor(route.path, values),
        credentials: { is: 'token', tier: pair.tier, scopes: route.scopes },
      },
      isOwn ? { is: 'theirs' } : { is: 'not theirs' },
    );
  return { probes: [send(pair.own, true), send(pair.other, false)], omitted: [] };
}
