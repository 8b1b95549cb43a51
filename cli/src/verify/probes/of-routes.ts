/** What is sent to a route that the policy lists. */
import type { Policy, Route } from '@portcullis/runtime/policy';
import type { CheckName } from '../checks';
import type { Credentials, Omitted, Plan, Probe } from './probe';
import type { ProbeSettings } from './settings';
import { isSafe, nameOf, probe, targetOf } from './subject';

const NOBODY: Credentials = { is: 'none' };
const REFUSED = { is: 'refused' } as const;

/** @param tier whose client stands for all: the largest; undefined where there is no client. */
export function probesOfRoute(
  policy: Policy,
  route: Route,
  settings: ProbeSettings,
  tier: string | undefined,
): Plan {
  if (settings.isReadOnly && !isSafe(route.method))
    return omit(route, route.public ? ['let-in'] : ['no-token', 'missing-scope', 'let-in'], READ_ONLY);
  if (route.public) return letIn(policy, route, settings, NOBODY);
  return together([
    { probes: [...withoutToken(policy, route, settings), ...around(policy, route, settings)], omitted: [] },
    tier === undefined
      ? omit(route, ['altered-token', 'missing-scope', 'let-in'], NO_CLIENT)
      : withToken(policy, route, settings, tier),
  ]);
}

export const NO_CLIENT = 'no client is configured whose token could be sent';
const READ_ONLY = '--read-only sends GET, HEAD and OPTIONS alone';

function withoutToken(policy: Policy, route: Route, settings: ProbeSettings): Probe[] {
  const target = targetOf(route, settings);
  const send = (check: CheckName, credentials: Credentials): Probe =>
    probe(policy, { check, subject: nameOf(route), method: route.method, target, credentials });
  return [
    send('no-token', NOBODY),
    send('garbage-token', { is: 'garbage' }),
    send('wrong-scheme', { is: 'basic' }),
  ];
}

/** Without a token, spelt otherwise: servers in front and behind may each read it in a way of their own. */
function around(policy: Policy, route: Route, settings: ProbeSettings): Probe[] {
  const path = targetOf(route, settings);
  const base = publicFolder(policy);
  const depth = base.split('/').length - 1;
  const up = (dots: string): string => `${base}${`/${dots}`.repeat(depth)}${path}`;
  const spellings: readonly (readonly [CheckName, string, string])[] = [
    ...(route.method === 'GET' ? [['head', 'HEAD', path] as const] : []),
    ['other-case', route.method, swapCase(path)],
    ['trailing-slash', route.method, path.endsWith('/') ? path.slice(0, -1) : `${path}/`],
    ['dot-segments', route.method, up('..')],
    ['dot-segments', route.method, up('%2e%2e')],
  ];
  return spellings
    .filter(([check, , target]) => check === 'head' || (target !== path && target !== ''))
    .map(([check, method, target]) =>
      probe(policy, { check, subject: nameOf(route), method, target, credentials: NOBODY }, REFUSED),
    );
}

/** Letters of the other case; what is encoded stays as it is. */
function swapCase(path: string): string {
  return path.replace(/%[\da-f]{2}|[a-z]/gi, (sign) =>
    sign.startsWith('%') ? sign : sign === sign.toLowerCase() ? sign.toUpperCase() : sign.toLowerCase(),
  );
}

/** The folder of a public route, from which `..` may lead to one that is not. */
function publicFolder({ routes }: Policy): string {
  const folders = routes
    .filter((route) => route.public && /^\/[\w-]+\//.test(route.path))
    .map(({ path }) => /^\/[\w-]+/.exec(path)?.[0] ?? '');
  return folders[0] ?? '/portcullis-verify';
}

function withToken(policy: Policy, route: Route, settings: ProbeSettings, tier: string): Plan {
  const subject = nameOf(route);
  const target = targetOf(route, settings);
  const granted = settings.clients[tier] ?? [];
  const lacking = route.scopes.filter((scope) => !granted.includes(scope));
  const send = (check: CheckName, is: 'token' | 'altered', scopes: readonly string[]): Probe =>
    probe(policy, { check, subject, method: route.method, target, credentials: { is, tier, scopes } });
  return together([
    { probes: [send('altered-token', 'altered', granted)], omitted: [] },
    {
      probes: route.scopes.map((left) =>
        send(
          'missing-scope',
          'token',
          granted.filter((scope) => scope !== left),
        ),
      ),
      omitted: [],
    },
    lacking.length > 0
      ? omit(route, ['let-in'], `the client of ${tier} has not the scopes ${lacking.join(', ')}`)
      : letIn(policy, route, settings, { is: 'token', tier, scopes: route.scopes }),
  ]);
}

function letIn(policy: Policy, route: Route, settings: ProbeSettings, credentials: Credentials): Plan {
  if (!isSafe(route.method) && !settings.isUnsafe)
    return omit(route, ['let-in'], `a ${route.method} that is let in acts: --unsafe sends it`);
  const target = targetOf(route, settings);
  const sent = { subject: nameOf(route), method: route.method, target, credentials };
  // What browsers say of a form of the API's own pages: without it, a session's guard against other sites refuses.
  const headers = { 'sec-fetch-site': 'same-origin' };
  const isForms = route.public && !isSafe(route.method);
  return { probes: [probe(policy, { check: 'let-in', ...sent, ...(isForms && { headers }) })], omitted: [] };
}

function omit(route: Route, checks: readonly CheckName[], reason: string): Plan {
  const omitted = checks.map((check): Omitted => ({ check, subject: nameOf(route), reason }));
  return { probes: [], omitted };
}

export function together(plans: readonly Plan[]): Plan {
  return {
    probes: plans.flatMap(({ probes }) => probes),
    omitted: plans.flatMap(({ omitted }) => omitted),
  };
}
