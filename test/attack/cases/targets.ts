import { THROWS_ON_BAD_PORTS, THROWS_ON_BAD_PUNYCODE } from './node';

/**
 * What stands between the method and the version of a request (RFC 9112 §3.2), and where that leads: to the route
 * `/api/transactions`, to the public page `/`, to a path that is not listed or that servers read
 * differently, to no path at all, or nowhere, for it is
 * no request. What a target says of a scheme, a user, a host or a port decides nothing.
 */
export interface TargetCase {
  readonly target: string;
  readonly leadsTo: 'route' | 'page' | 'unlisted' | 'ambiguous' | 'no_path' | 'no_request';
}

const lead = (leadsTo: TargetCase['leadsTo'], targets: readonly string[]): TargetCase[] =>
  targets.map((target) => ({ target, leadsTo }));

const ROUTE = '/api/transactions';

export const targetCases: readonly TargetCase[] = [
  ...lead('route', [
    `${ROUTE}#fragment`,
    `http://attacker.example.com${ROUTE}`,
    `http://attacker.example.com${ROUTE}#fragment`,
    `HTTP://attacker.example.com${ROUTE}`,
    `https://attacker.example.com${ROUTE}`,
    `ftp://attacker.example.com${ROUTE}`,
    `file://${ROUTE}`,
    `http://${ROUTE}`,
    `http://a:80${ROUTE}`,
    `http://a:99999${ROUTE}`,
    `http://a:${ROUTE}`,
    `http://:80${ROUTE}`,
    `http://user:password@a${ROUTE}`,
    `http://a@b@c${ROUTE}`,
    `http://@${ROUTE}`,
    `http://[::1]${ROUTE}`,
    `http://0x7f.1${ROUTE}`,
    `http://999.999.999.999${ROUTE}`,
    `http://*${ROUTE}`,
    `http://${'a'.repeat(300)}${ROUTE}`,
  ]),

  ...lead('page', ['http://a', 'http://a/', `http://a?${ROUTE}`]),

  ...lead('unlisted', [
    'http://127.0.0.1/api/admin',
    `//a${ROUTE}`,
    `//a:b${ROUTE}`,
    `//user:password@a${ROUTE}`,
    `//${ROUTE}`,
    `/http://a${ROUTE}`,
    `http://a/${ROUTE}`,
    'http://a/api/%74ransactions',
    `http://a%00${ROUTE}`,
    `http://a%2fb${ROUTE}`,
    `http://a'b${ROUTE}`,
    `http://a;b${ROUTE}`,
    '*',
    '**',
    `*${ROUTE}`,
  ]),

  ...lead('ambiguous', [`/\\a${ROUTE}`, `http://a/api/..${ROUTE}`, `${ROUTE}#/../admin`]),

  // Older Nodes take the port for a part of the path, which is then not listed.
  ...lead(THROWS_ON_BAD_PORTS ? 'no_path' : 'unlisted', [
    'http://a:b',
    'http://a:b/',
    `http://a:b${ROUTE}`,
    `http://a:80b${ROUTE}`,
    `http://a:-1${ROUTE}`,
    `http://a:80:80${ROUTE}`,
    `http://user:password@a:b${ROUTE}`,
  ]),

  ...lead(THROWS_ON_BAD_PUNYCODE ? 'no_path' : 'route', [`http://xn--${ROUTE}`]),

  ...lead('no_path', ['http://[', `http://[${ROUTE}`, `http://[::1${ROUTE}`, `http://[::1]:b${ROUTE}`]),

  ...lead('no_request', [
    '',
    '.',
    ROUTE.slice(1),
    `?${ROUTE}`,
    `#${ROUTE}`,
    ROUTE.replaceAll('/', '\\'),
    'a:80',
    'attacker.example.com:443',
    'mailto:user@example.com',
    'data:,x',
    'javascript:alert(1)',
    `javascript:${ROUTE}`,
    `http:${ROUTE}`,
    `http:${ROUTE.slice(1)}`,
    `http:\\\\a${ROUTE}`,
    `http://a\\@b${ROUTE}`,
    `http://a#${ROUTE}`,
    `http://a b${ROUTE}`,
    `http://a\tb${ROUTE}`,
    `http://a|b${ROUTE}`,
    `http://a^b${ROUTE}`,
    `http://a<b>${ROUTE}`,
    `http://\u00e9${ROUTE}`,
  ]),
];
