/** What browsers are told about pages of other origins (Fetch standard, "CORS protocol"). */
import type { Policy, Route } from '@portcullis/runtime/policy';
import type { Probe } from './probe';
import type { ProbeSettings } from './settings';
import { nameOf, probe, targetOf } from './subject';

/** RFC 2606 §2: nobody's. */
const FOREIGN = 'https://portcullis-verify.invalid';

export function probesOfBrowsers(policy: Policy, settings: ProbeSettings): Probe[] {
  const { cors, routes } = policy;
  const isOpen = cors?.origins.includes('*') === true;
  const [listed] = cors?.origins ?? [];
  const paths = new Map<string, Route>(routes.map((route) => [route.path, route]));
  const preflights = [...paths.values()].flatMap((route) => [
    preflight(policy, settings, route, FOREIGN, isOpen),
    ...(listed === undefined || isOpen ? [] : [preflight(policy, settings, route, listed, true)]),
  ]);
  const candidates = [
    routes.find((one) => one.public && one.method === 'GET'),
    routes.find((one) => !one.public),
  ];
  const pages = candidates.flatMap((route) =>
    route?.method === 'GET' ? [fromPage(policy, settings, route, isOpen)] : [],
  );
  return [...preflights, ...pages];
}

function preflight(
  policy: Policy,
  settings: ProbeSettings,
  route: Route,
  origin: string,
  isAllowed: boolean,
): Probe {
  return probe(
    policy,
    {
      check: 'preflight',
      subject: `OPTIONS ${route.path}`,
      method: 'OPTIONS',
      target: targetOf(route, settings),
      headers: {
        origin,
        'access-control-request-method': route.method,
        'access-control-request-headers': 'authorization',
      },
      credentials: { is: 'none' },
    },
    { is: 'cors', origin, isAllowed, isPreflight: true },
  );
}

function fromPage(policy: Policy, settings: ProbeSettings, route: Route, isAllowed: boolean): Probe {
  return probe(
    policy,
    {
      check: 'preflight',
      subject: nameOf(route),
      method: route.method,
      target: targetOf(route, settings),
      headers: { origin: FOREIGN },
      credentials: { is: 'none' },
    },
    { is: 'cors', origin: FOREIGN, isAllowed, isPreflight: false },
  );
}
