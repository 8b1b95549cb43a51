/** What identity providers are asked by: with a name, and through the proxy that the environment names. */
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { mayBeProxied } from '../../../../runtime/src/proxied';
import { VERSION } from '../../../../runtime/src/http/user-agent';
import { fetchJson } from '../../../../runtime/src/auth/keys/fetch-json';
import type * as Proxying from '../../../../runtime/src/auth/proxy';
import { version } from '../../../../runtime/package.json';

let issuer: Server;
let proxy: Server;
let asked: IncomingMessage[];
let through: string[];
const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/** Before undici's agent reads them, which it does once. */
const VARIABLES = { HTTP_PROXY: '', NO_PROXY: 'direct.test,.internal.test' };

beforeAll(async () => {
  issuer = createServer((req, res) => {
    asked.push(req);
    res.setHeader('content-type', 'application/json').end('{"keys":[]}');
  });
  proxy = createServer((req, res) => {
    through.push(req.url ?? '');
    const { pathname } = new URL(req.url ?? '');
    request({ port: portOf(issuer), path: pathname, headers: req.headers }, (answer) =>
      answer.pipe(res),
    ).end();
  });
  // Whatever host is asked for, the issuer answers.
  proxy.on('connect', (req, socket) => {
    through.push(req.url ?? '');
    const upstream = connect(portOf(issuer), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
  });
  for (const server of [issuer, proxy])
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

beforeEach(() => {
  asked = [];
  through = [];
  Object.assign(process.env, VARIABLES, { HTTP_PROXY: `http://127.0.0.1:${portOf(proxy)}` });
  jest.resetModules();
});

afterEach(() => {
  for (const name of Object.keys(VARIABLES)) Reflect.deleteProperty(process.env, name);
});

afterAll(() => {
  for (const server of [issuer, proxy]) {
    server.closeAllConnections();
    server.close();
  }
});

/** Loaded anew: its agent reads the environment once. */
const fresh = (): typeof Proxying =>
  jest.requireActual<typeof Proxying>('../../../../runtime/src/auth/proxy');

it('says which version asks for keys, metadata and tokens', async () => {
  expect(VERSION).toBe(version);
  const { askProvider, fetchJsonOrProxied } = fresh();
  const url = `http://127.0.0.1:${portOf(issuer)}/jwks`;
  await fetchJson(url);
  await fetchJsonOrProxied(url);
  await askProvider(url, { headers: { 'user-agent': 'openid-client/6' } } as never);
  expect(asked.map(({ headers }) => headers['user-agent'])).toEqual(
    Array.from({ length: 3 }, () => `portcullis/${version}`),
  );
});

it('asks for keys through the proxy', async () => {
  const { fetchJsonOrProxied } = fresh();
  await expect(fetchJsonOrProxied('http://auth.test/jwks')).resolves.toEqual({ keys: [] });
  expect(through.join()).toContain('auth.test');
  expect(asked[0]?.headers['user-agent']).toBe(`portcullis/${version}`);
});

it('asks the provider through the proxy', async () => {
  const { askProvider } = fresh();
  const answer = await askProvider('http://auth.test/token', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
    redirect: 'manual',
  });
  expect(await answer.json()).toEqual({ keys: [] });
  expect(through.join()).toContain('auth.test');
  expect(asked[0]?.method).toBe('POST');
});

it.each(['http://direct.test:1/jwks', 'http://a.internal.test:1/jwks'])(
  'does not ask the proxy for what NO_PROXY names: %s',
  async (url) => {
    const { fetchJsonOrProxied } = fresh();
    await expect(fetchJsonOrProxied(url)).rejects.toThrow();
    expect(through).toEqual([]);
  },
);

it.each(['127.0.0.1', 'localhost', '[::1]', 'localhost.', 'idp.localhost', 'a.IDP.localhost.'])(
  'never asks the proxy for %s',
  (host) => {
    for (const name of ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy']) {
      expect(mayBeProxied(`http://${host}:1/jwks`, { [name]: 'http://proxy.test' })).toBe(false);
      for (const other of ['auth.test', 'localhost.auth.test', 'notlocalhost'])
        expect(mayBeProxied(`https://${other}/jwks`, { [name]: 'http://proxy.test' })).toBe(true);
      expect(mayBeProxied('https://auth.test/jwks', { [name]: '' })).toBe(false);
    }
  },
);
