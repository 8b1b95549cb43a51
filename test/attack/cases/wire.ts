import type { Forge } from '../../support/attack/forge';
import { LENIENT_PARSER } from './node';

/**
 * What no client library would send, byte by byte, and what a gateway would never let through to its
 * authorizer. `status` is what the server must answer; 0 where it may only hang up.
 */
export interface WireCase {
  readonly name: string;
  readonly bytes: (forge: Forge) => string;
  readonly status: number;
}

const ROUTE = '/api/transactions';

function wire(
  status: number,
  table: Readonly<Record<string, (token: string) => string[]>>,
): readonly WireCase[] {
  return Object.entries(table).map(([name, lines]) => ({
    name,
    status,
    bytes: (forge) => [...lines(forge.token()), '', ''].join('\r\n'),
  }));
}

const get = (...headers: readonly string[]): string[] => [
  `GET ${ROUTE} HTTP/1.1`,
  'Host: api.example.com',
  'Connection: close',
  ...headers,
];
const requestLine = (line: string, token: string): string[] => [
  line,
  'Host: api.example.com',
  'Connection: close',
  `Authorization: Bearer ${token}`,
];

export const wireCases = [
  ...wire(400, {
    'a NUL in the value': (token) => get(`Authorization: Bearer ${token}\u0000`),
    'a DEL in the value': (token) => get(`Authorization: Bearer ${token}\u007f`),
    'a bare line feed in the value': (token) => get(`Authorization: Bearer ${token}\nX-Admin: 1`),
    'a bare carriage return in the value': (token) => get(`Authorization: Bearer ${token}\rX-Admin: 1`),
    'a folded line (obs-fold)': (token) => get('Authorization: Bearer', ` ${token}`),
    'a name of another alphabet': (token) => get(`Authoriz\u00e4tion: Bearer ${token}`),
    'two lengths': (token) => get(`Authorization: Bearer ${token}`, 'Content-Length: 1', 'Content-Length: 2'),
    'length and chunks': (token) =>
      get(`Authorization: Bearer ${token}`, 'Content-Length: 5', 'Transfer-Encoding: chunked'),
    'a method in lower case': (token) => requestLine(`get ${ROUTE} HTTP/1.1`, token),
    'a method that nobody knows': (token) => requestLine(`FOO ${ROUTE} HTTP/1.1`, token),
    'a version that does not exist': (token) => requestLine(`GET ${ROUTE} HTTP/9.9`, token),
    'no host': (token) => [`GET ${ROUTE} HTTP/1.1`, `Authorization: Bearer ${token}`],
  }),

  // A lenient parser makes another name of it, which says nothing.
  ...wire(LENIENT_PARSER ? 401 : 400, {
    'a space before the colon': (token) => get(`Authorization : Bearer ${token}`),
    'a space in the name': (token) => get(`Author ization: Bearer ${token}`),
  }),
  ...wire(LENIENT_PARSER ? 403 : 400, {
    'a path that is no ASCII, unencoded': (token) => requestLine('GET /api/\u00ff\u00fe HTTP/1.1', token),
  }),

  ...wire(431, {
    'a header of 20 KB': () => get(`Authorization: Bearer ${'a'.repeat(20_000)}`),
    'twenty thousand headers': () => get(...Array.from({ length: 2_500 }, (_, i) => `X-${i}: aaaa`)),
  }),

  ...wire(401, {
    'the token in a trailer': (token) => [
      'POST /api/transactions HTTP/1.1',
      'Host: api.example.com',
      'Connection: close',
      'Transfer-Encoding: chunked',
      'Trailer: Authorization',
      '',
      '0',
      `Authorization: Bearer ${token}`,
    ],
    'UTF-8 inside the token': (token) => get(`Authorization: Bearer ${token}\u00c3\u00a9`),
    'an underscore for a hyphen in the name': (token) => get(`HTTP_AUTHORIZATION: Bearer ${token}`),
    'HTTP/1.0 without anything': () => [`GET ${ROUTE} HTTP/1.0`],
  }),

  ...wire(400, {
    'the second header behind 30 others': (token) =>
      get(
        `Authorization: Bearer ${token}`,
        ...Array.from({ length: 30 }, (_, i) => `X-Padding-${i}: a`),
        `authorization: Bearer ${token}`,
      ),
    'token in header and form': (token) => [
      'POST /api/transactions HTTP/1.1',
      'Host: api.example.com',
      'Connection: close',
      `Authorization: Bearer ${token}`,
      'Content-Type: application/x-www-form-urlencoded',
      'Content-Length: 14',
      '',
      'access_token=x',
    ],
    'token in header and form, percent-encoded name': (token) => [
      'POST /api/transactions HTTP/1.1',
      'Host: api.example.com',
      'Connection: close',
      `Authorization: Bearer ${token}`,
      'Content-Type: Application/X-WWW-Form-Urlencoded; charset=utf-8',
      'Content-Length: 16',
      '',
      'access%5Ftoken=x',
    ],
  }),

  ...wire(403, {
    TRACE: (token) => requestLine(`TRACE ${ROUTE} HTTP/1.1`, token),
    'OPTIONS *': (token) => requestLine('OPTIONS * HTTP/1.1', token),
  }),

  ...wire(0, {
    CONNECT: (token) => requestLine('CONNECT attacker.example.com:443 HTTP/1.1', token),
  }),
];
