import type { Forge } from '../../support/attack/forge';
import type { HostileRequest } from '../../support/attack/hostile-request';
import type { RequestCase } from './case';

type Make = (token: string, forge: Forge) => HostileRequest;

function requests(fate: RequestCase['fate'], table: Readonly<Record<string, Make>>): readonly RequestCase[] {
  return Object.entries(table).map(([name, make]) => ({
    name,
    fate,
    request: (forge) => make(forge.token(), forge),
  }));
}

const authorization =
  (value: (token: string) => string): Make =>
  (token) => ({
    headers: [['Authorization', value(token)]],
  });
const header =
  (name: string): Make =>
  (token) => ({ headers: [[name, token]] });
const good = (token: string): readonly [string, string] => ['Authorization', `Bearer ${token}`];
const on =
  (path: string, method = 'GET'): Make =>
  (token) => ({ method, path, headers: [good(token)] });
const ROUTE = '/api/transactions';

/** Requests that every HTTP client can send; those that take a raw socket are in `wire.ts`. */
export const requestCases: readonly RequestCase[] = [
  ...requests('no_token', {
    'no header': () => ({ headers: [] }),
    'an empty header': authorization(() => ''),
    'the scheme alone': authorization(() => 'Bearer'),
    'the scheme and a space': authorization(() => 'Bearer '),
    'no scheme': authorization((token) => token),
    'no space after the scheme': authorization((token) => `Bearer${token}`),
    'a colon after the scheme': authorization((token) => `Bearer: ${token}`),
    'an equals sign after the scheme': authorization((token) => `Bearer=${token}`),
    'a tab after the scheme': authorization((token) => `Bearer\t${token}`),
    'a no-break space after the scheme': authorization((token) => `Bearer\u00a0${token}`),
    'a comma after the token': authorization((token) => `Bearer ${token},`),
    'a semicolon after the token': authorization((token) => `Bearer ${token}; charset=utf-8`),
    'a parameter after the token': authorization((token) => `Bearer ${token} realm="api"`),
    'the scheme twice': authorization((token) => `Bearer Bearer ${token}`),
    'two schemes': authorization((token) => `Basic dXNlcjpwYXNz, Bearer ${token}`),
    'a letter of another alphabet in the scheme': authorization((token) => `B\u00e9arer ${token}`),
    'an UTF-8 BOM before the scheme': authorization((token) => `\u00ef\u00bb\u00bfBearer ${token}`),
    Basic: authorization(() => 'Basic dXNlcjpwYXNz'),
    'Basic with the token as password': authorization(
      (token) => `Basic ${Buffer.from(`u:${token}`).toString('base64')}`,
    ),
    Digest: authorization(() => 'Digest username="user", realm="api"'),
    DPoP: authorization((token) => `DPoP ${token}`),
    MAC: authorization((token) => `MAC ${token}`),
    Token: authorization((token) => `Token ${token}`),
    ApiKey: authorization(() => 'ApiKey 0123456789abcdef'),
    Negotiate: authorization(() => 'Negotiate TlRMTVNTUAAB'),
    'AWS4-HMAC-SHA256': authorization(
      () => 'AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/execute-api/aws4_request',
    ),
    'in X-API-Key': header('X-API-Key'),
    'in X-Authorization': header('X-Authorization'),
    'in X-Access-Token': header('X-Access-Token'),
    'in X-Forwarded-Authorization': header('X-Forwarded-Authorization'),
    'in Proxy-Authorization': header('Proxy-Authorization'),
    'in Authentication': header('Authentication'),
    'in a cookie': (token) => ({
      headers: [['Cookie', `access_token=${token}; Authorization=Bearer ${token}`]],
    }),
    'identity in headers of a proxy': () => ({
      headers: [
        ['X-Forwarded-User', 'admin'],
        ['X-Amzn-Oidc-Identity', 'admin'],
        ['X-Original-URL', '/healthz'],
        ['X-Rewrite-URL', '/healthz'],
        ['X-HTTP-Method-Override', 'OPTIONS'],
        ['X-Forwarded-For', '127.0.0.1'],
      ],
    }),
    'in the query': (token) => ({ path: `${ROUTE}?access_token=${token}`, headers: [] }),
    'in the query, as a header’s name': (token) => ({
      path: `${ROUTE}?Authorization=Bearer%20${token}`,
      headers: [],
    }),
    'in the query, as token': (token) => ({ path: `${ROUTE}?token=${token}`, headers: [] }),
    'in a form': (token) => ({
      method: 'POST',
      headers: [['Content-Type', 'application/x-www-form-urlencoded']],
      body: `access_token=${token}`,
    }),
    'in the path': (token) => ({ path: `/api/exports/${token}`, headers: [] }),
  }),

  ...requests('ambiguous', {
    'two headers, both good': (token) => ({ headers: [good(token), good(token)] }),
    'two headers, the first good': (token) => ({ headers: [good(token), ['Authorization', 'Bearer x']] }),
    'two headers, the last good': (token) => ({ headers: [['Authorization', 'Bearer x'], good(token)] }),
    'two headers in different case': (token) => ({
      headers: [good(token), ['aUTHORIZATION', `Bearer ${token}`]],
    }),
    'two headers, one Basic': (token) => ({
      headers: [good(token), ['Authorization', 'Basic dXNlcjpwYXNz']],
    }),
    'two headers, one empty': (token) => ({ headers: [good(token), ['Authorization', '']] }),
    'three headers': (token) => ({ headers: [good(token), good(token), good(token)] }),
    'header and query': (token) => ({ path: `${ROUTE}?access_token=${token}`, headers: [good(token)] }),
    'header and an empty query parameter': (token) => ({
      path: `${ROUTE}?access_token=`,
      headers: [good(token)],
    }),
    'header and query, percent-encoded name': (token) => ({
      path: `${ROUTE}?%61ccess%5Ftoken=x`,
      headers: [good(token)],
    }),
    'header and query, after others': (token) => ({
      path: `${ROUTE}?page=1&access_token=x`,
      headers: [good(token)],
    }),
    'header and query, twice': (token) => ({
      path: `${ROUTE}?access_token=x&access_token=y`,
      headers: [good(token)],
    }),
  }),

  ...requests('malformed', {
    'a token of 12 KB': authorization(() => `Bearer ${'a'.repeat(12_000)}`),
    'a token of thousands of periods': authorization(() => `Bearer ${'.'.repeat(8_000)}`),
    'a token of thousands of equals signs': authorization(() => `Bearer a${'='.repeat(8_000)}`),
  }),

  ...requests('no_token', {
    'thousands of spaces and no token': authorization(() => `Bearer ${' '.repeat(8_000)}!`),
    'a token with one bad character at its end': authorization(() => `Bearer ${'a'.repeat(8_000)}!`),
  }),

  ...requests('unlisted', {
    'a route that does not exist': on('/api/admin'),
    'a method that the route does not have': on(ROUTE, 'DELETE'),
    'an encoded letter in the path': on('/api/%74ransactions'),
    'an encoded slash in the path': on('/api%2Ftransactions'),
    'two slashes at the start': on('//api/transactions'),
    'two slashes inside': on('/api//transactions'),
    'a path parameter': on('/api/transactions;admin=1'),
    'a NUL in the path': on('/api/transactions%00'),
    'a newline in the path': on('/api/transactions%0d%0aX-Injected:%20a'),
    'a path that is no UTF-8': on('/api/%ff%fe'),
    'a broken percent-encoding': on('/api/%'),
    'a path of 6 KB': on(`/${'a/'.repeat(3_000)}`),
    'a prototype’s name as path': on('/__proto__'),
  }),

  ...requests('ambiguous_path', {
    'dot segments': on('/api/../api/transactions'),
    'encoded dot segments': on('/api/%2e%2e/api/transactions'),
    'a backslash in the path': on('/api\\transactions'),
    'a public route below another': on('/healthz/../api/admin'),
    'dot segments behind an encoded slash': on('/api/exports/..%2fadmin'),
    'dot segments encoded twice': on('/api/exports/%252e%252e/admin'),
    'dot segments before a parameter': on('/api/exports/..;/admin'),
  }),

  ...requests('too_little', {
    'a scope of another route': (_token, forge) => ({
      method: 'POST',
      path: '/api/reports/generate',
      headers: [good(forge.token())],
    }),
    'a route in another case': (_token, forge) => ({
      path: '/API/TRANSACTIONS/',
      headers: [good(forge.claims({ scope: 'write:transactions' }))],
    }),
    'HEAD for GET': (_token, forge) => ({
      method: 'HEAD',
      headers: [good(forge.claims({ scope: 'write:transactions' }))],
    }),
    'another method in a header': (_token, forge) => ({
      method: 'POST',
      headers: [good(forge.claims({ scope: 'read:transactions' })), ['X-HTTP-Method-Override', 'GET']],
    }),
  }),

  ...requests('let_in', {
    'the scheme in another case': authorization((token) => `bEARER ${token}`),
    'several spaces after the scheme': authorization((token) => `Bearer    ${token}`),
    'space around the value': authorization((token) => `  Bearer ${token}\t `),
    'a query that only looks like a token': on(`${ROUTE}?xaccess_token=1&access_token_=2`),
    'a query that cannot be decoded': on(`${ROUTE}?%E0%A4%A=%&access`),
  }),
];
