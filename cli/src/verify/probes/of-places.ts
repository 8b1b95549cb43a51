/** What is sent to places that the policy does not list: nobody can know them all, so these are those that are found often. */
import type { Policy, Route } from '@portcullis/runtime/policy';
import type { CheckName } from '../checks';
import { routeFor } from '../policy/decision';
import type { Credentials, Probe } from './probe';
import type { ProbeSettings } from './settings';
import { isSafe, nameOf, probe, targetOf } from './subject';

const NOBODY: Credentials = { is: 'none' };
const REFUSED = { is: 'refused' } as const;

/** What frameworks, their plugins and people in a hurry add to an app. */
const FOUND_OFTEN = [
  ...[
    '/debug',
    '/metrics',
    '/admin',
    '/internal',
    '/console',
    '/status',
    '/info',
    '/test',
    '/env',
    '/config',
  ],
  ...['/health', '/healthz', '/readyz', '/livez', '/actuator', '/actuator/env', '/server-status'],
  ...[
    '/swagger',
    '/swagger.json',
    '/api-docs',
    '/docs',
    '/openapi.json',
    '/graphql',
    '/graphiql',
    '/playground',
  ],
  ...[
    '/.env',
    '/.git/config',
    '/package.json',
    '/debug/pprof/',
    '/users',
    '/api/users',
    '/api/admin',
    '/api/debug',
  ],
];

const OTHER_MOUNTS = [
  '/v1',
  '/v2',
  '/api',
  '/internal',
  '/admin',
  '/public',
  '/legacy',
  '/old',
  '/test',
  '/dev',
];

/** So many routes are looked for at each of them: a router has all its routes wherever it is. */
const AT_EACH_MOUNT = 3;

const NOWHERE = '/portcullis-verify/nowhere';

export function probesOfPlaces(policy: Policy, settings: ProbeSettings, tier: string | undefined): Probe[] {
  return [
    ...unlistedPaths(policy, tier),
    ...otherMounts(policy, settings),
    ...unlistedMethods(policy, settings, tier),
  ];
}

function unlistedPaths(policy: Policy, tier: string | undefined): Probe[] {
  const folders = policy.routes.flatMap(({ path }) => foldersOf(path));
  const paths = [...new Set([NOWHERE, ...FOUND_OFTEN, ...folders])];
  return [
    ...paths.flatMap((path) => refused(policy, 'unlisted-path', 'GET', path)),
    ...(tier === undefined || routeFor(policy, 'GET', NOWHERE) !== undefined
      ? []
      : [withToken(policy, 'unlisted-path', NOWHERE, tier)]),
  ];
}

/** `/api` and `/api/orders` of `/api/orders/:id`. */
function foldersOf(path: string): string[] {
  const segments = path.split('/').slice(1, -1);
  const end = segments.findIndex((segment) => !/^[\w.-]+$/.test(segment));
  const plain = end === -1 ? segments : segments.slice(0, end);
  return plain.map((_, index) => `/${plain.slice(0, index + 1).join('/')}`);
}

function otherMounts(policy: Policy, settings: ProbeSettings): Probe[] {
  const paths = policy.routes
    .filter((route) => !route.public && route.method === 'GET')
    .map((route) => targetOf(route, settings));
  const some = [0, Math.floor(paths.length / 2), paths.length - 1].slice(0, AT_EACH_MOUNT);
  const elsewhere = [
    ...OTHER_MOUNTS.flatMap((mount) => some.map((at) => paths[at]).map((path) => `${mount}${path ?? ''}`)),
    // Without its first segment: the router, mounted at the root as well.
    ...paths.map((path) => path.replace(/^\/[^/]+/, '')),
  ];
  const places = paths.length === 0 ? [] : [...new Set(elsewhere)];
  return places
    .filter((path) => path.startsWith('/'))
    .flatMap((path) => refused(policy, 'other-mount', 'GET', path));
}

const OTHER_METHODS = ['GET', 'PUT', 'PATCH', 'POST', 'DELETE'];

/** Of each path, one method that the policy does not list. */
function unlistedMethods(policy: Policy, settings: ProbeSettings, tier: string | undefined): Probe[] {
  const routes = new Map<string, Route>(policy.routes.map((route) => [route.path, route]));
  return [...routes.values()].flatMap((route) => {
    const target = targetOf(route, settings);
    const method = OTHER_METHODS.filter((one) => isSafe(one) || !settings.isReadOnly).find(
      (one) => routeFor(policy, one, target) === undefined,
    );
    if (method === undefined) return [];
    const subject = nameOf({ method, path: route.path });
    return [
      ...refused(policy, 'unlisted-method', method, target, subject),
      ...(tier !== undefined && method === 'GET'
        ? [withToken(policy, 'unlisted-method', target, tier, subject)]
        : []),
    ];
  });
}

/** Nothing where the policy lists it. */
function refused(
  policy: Policy,
  check: CheckName,
  method: string,
  target: string,
  subject = `${method} ${target}`,
): Probe[] {
  if (routeFor(policy, method, target) !== undefined) return [];
  return [probe(policy, { check, subject, method, target, credentials: NOBODY }, REFUSED)];
}

/** With a good token it is the policy that denies, in its own words. */
function withToken(
  policy: Policy,
  check: CheckName,
  target: string,
  tier: string,
  subject = `GET ${target}`,
): Probe {
  const credentials = { is: 'token', tier, scopes: [] } as const;
  return probe(policy, { check, subject, method: 'GET', target, credentials });
}
