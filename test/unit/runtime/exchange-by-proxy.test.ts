/** Whoever is asked without an agent of its own: Vault, STS, Upstash. Each goes by the proxy that the environment names. */
import { request, type RequestListener } from 'node:http';
import { connect } from 'node:net';
import { inspect } from 'node:util';
import type * as Exchange from '../../../runtime/src/exchange';
import type * as Secrets from '../../../runtime/src/secrets';
import type * as Upstash from '../../../runtime/src/secrets/redis/drivers/upstash-rest';
import { useServers } from '../../support/loopback-server';

const serve = useServers();
const NAMES = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'];
let through: string[];

beforeEach(() => {
  through = [];
  // The agent reads the environment once.
  jest.resetModules();
});
afterEach(() => {
  for (const name of NAMES) Reflect.deleteProperty(process.env, name);
});

/** A proxy for which every host is the one that answers so. */
async function proxyTo(answer: RequestListener): Promise<string> {
  const far = await serve(answer);
  const proxy = await serve((req, res) => {
    through.push(new URL(req.url ?? '').host);
    const { method, headers } = req;
    const path = new URL(req.url ?? '').pathname;
    req.pipe(request({ port: far.port, method, headers, path }, (from) => from.pipe(res)));
  });
  proxy.server.on('connect', (req, socket) => {
    through.push(req.url ?? '');
    const upstream = connect(far.port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    for (const end of [upstream, socket]) end.on('error', () => socket.destroy());
  });
  return proxy.url.origin;
}

const fresh = () => jest.requireActual<typeof Exchange>('../../../runtime/src/exchange');
const asked = { method: 'POST', body: 'ping', withinMs: 10_000, largest: 100 } as const;

it('asks by the proxy, and brings the whole answer back', async () => {
  process.env.HTTP_PROXY = await proxyTo((req, res) => {
    res.writeHead(307, { location: 'http://elsewhere.test/', 'x-method': req.method }).end('é');
  });
  await expect(fresh().exchange(new URL('http://far.test/a'), asked)).resolves.toMatchObject({
    status: 307,
    headers: { 'x-method': 'POST' },
    text: 'é',
  });
  expect(through.join()).toMatch(/^far\.test(:80)?$/);
});

it.each<[string, RequestListener, object, string]>([
  ['says nothing', () => undefined, { withinMs: 50 }, 'ANSWER_TIMEOUT'],
  ['stops in the middle', (_req, res) => void res.write('{'), { withinMs: 50 }, 'ANSWER_TIMEOUT'],
  ['says too much', (_req, res) => void res.end('x'.repeat(101)), {}, 'ANSWER_TOO_LONG'],
])('ends with a server that %s', async (_what, answer, bounds, code) => {
  process.env.HTTP_PROXY = await proxyTo(answer);
  const failure = fresh().exchange(new URL('http://far.test/'), { ...asked, ...bounds });
  await expect(failure).rejects.toMatchObject({ code });
});

it('ends when whoever asked wants no answer any more', async () => {
  process.env.HTTP_PROXY = await proxyTo(() => undefined);
  const { signal } = { signal: AbortSignal.abort(new Error('enough')) };
  await expect(fresh().exchange(new URL('http://far.test/'), { ...asked, signal })).rejects.toThrow('enough');
});

it('asks directly whom NO_PROXY names, beside a proxy for all others', async () => {
  const server = await serve((_req, res) => res.end('direct'));
  // A name of this machine that is not known for one.
  const own = `http://0.0.0.0:${server.port}/`;
  const proxy = await proxyTo((_req, res) => res.end('by the proxy'));
  Object.assign(process.env, { HTTPS_PROXY: proxy, HTTP_PROXY: proxy, NO_PROXY: 'far.test,0.0.0.0' });
  await expect(fresh().exchange(new URL(own), asked)).resolves.toMatchObject({ text: 'direct' });
  expect(through).toEqual([]);
});

it.each(['http://user:canary@[', 'canary', 'ftp://user:canary@proxy'])(
  'a proxy that is none is said without what the variable holds: %s',
  async (value) => {
    process.env.HTTPS_PROXY = value;
    const failure: unknown = await fresh()
      .exchange(new URL('https://far.test/'), { ...asked, withinMs: 1_000 })
      .catch((error: unknown) => error);
    expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain('canary');
    expect(String(failure)).toMatch(/PROXY/);
  },
);

it('Upstash is asked by the proxy', async () => {
  process.env.HTTP_PROXY = await proxyTo((_req, res) => res.end('{"result":"PONG"}'));
  const { Secret } = jest.requireActual<typeof Secrets>('../../../runtime/src/secrets');
  const { upstashRest } = jest.requireActual<typeof Upstash>(
    '../../../runtime/src/secrets/redis/drivers/upstash-rest',
  );
  const credentials = () => ({ user: 'http://upstash.test', password: new Secret('token') });
  const { native } = upstashRest().link(credentials, {
    onReady: () => undefined,
    onRefused: () => undefined,
    onDuplicate: () => undefined as never,
  });
  await expect(native.request({ body: ['PING'] })).resolves.toEqual({ result: 'PONG' });
  expect(through.join()).toMatch(/^upstash\.test(:80)?$/);
});
