/** Each example answers what Express answers: to good tokens, to bad ones, and above the limit. */
import { once, type EventEmitter } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { join } from 'node:path';
import { ask, bearer, type Answer, type HeaderLines } from '../support/auth/app';
import { useIssuer } from '../support/auth/issuer';
import { until } from '../support/until';
import { FRAMEWORKS, installPackages } from '../support/programs/packages';
import { checkTypes, EXAMPLES, startExample, type ExampleApp } from './apps';

const issuer = useIssuer();
let packages: string;
let express: ExampleApp;

beforeAll(async () => {
  packages = await installPackages(FRAMEWORKS);
  express = await startExample('express', packages, issuer().url);
});
afterAll(() => express.stop());

const now = (): number => Math.floor(Date.now() / 1_000);

async function token(claims = {}): Promise<HeaderLines> {
  return bearer(
    await issuer().token({ aud: 'https://api.example.com', scope: 'read:orders', tier: 'free', ...claims }),
  );
}

/** What says where the client stands, or why it is refused; nothing of the connection and of a good answer's body. */
const TOLD = /^(cache-control|retry-after|www-authenticate|ratelimit.*|x-ratelimit-.*)$/;

/** The parts that must be alike. Seconds and moments of time may differ by one. */
function partsOf({ status, headers, text }: Answer): object {
  const told = Object.entries(headers).filter(
    ([name]) => TOLD.test(name) || (status !== 200 && name === 'content-type'),
  );
  const lines = told.map(([name, value]) => `${name}: ${String(value)}`).sort();
  return { status, lines: lines.map(withoutSeconds), text: withoutSeconds(text) };
}

const withoutSeconds = (text: string): string => text.replace(/\d{4,}/g, 'N');

it('is typed, each of them', async () => {
  await checkTypes(packages);
});

describe.each(['fastify', 'koa', 'hono', 'nestjs'])('%s', (name) => {
  let app: ExampleApp;
  beforeAll(async () => (app = await startExample(name, packages, issuer().url)));
  afterAll(() => app.stop());

  /** Asks both the same, and gives what both answer. */
  async function both(method: string, path: string, headers: HeaderLines): Promise<Answer> {
    const [expected, answer] = await Promise.all(
      [express, app].map(({ port }) => ask(port, method, path, headers)),
    );
    expect(partsOf(answer!)).toEqual(partsOf(expected!));
    return answer!;
  }

  it('fits on a screen', async () => {
    const source = await readFile(join(EXAMPLES, name, 'protect.ts'), 'utf8');
    expect(source.trimEnd().split('\n').length).toBeLessThanOrEqual(60);
  });

  it('lets in whoever asks a public route, whatever they bring', async () => {
    expect((await both('GET', '/status', [])).status).toBe(200);
    expect((await both('GET', '/status', [['Authorization', 'Bearer x']])).status).toBe(200);
  });

  it('lets in a good token, and says what is left', async () => {
    const { status, headers, text } = await both('GET', '/orders', await token({ org_id: `${name}-good` }));
    expect([status, headers['x-ratelimit-remaining'], JSON.parse(text)]).toEqual([
      200,
      '99',
      { of: 'user-1' },
    ]);
  });

  it.each([
    ['none', 'unauthorized', (): HeaderLines => []],
    ['Basic', 'unauthorized', (): HeaderLines => [['Authorization', 'Basic dXNlcjpwYXNz']]],
    ['garbage', 'invalid_token', (): HeaderLines => bearer('x.y.z')],
    ['another audience', 'invalid_token', () => token({ aud: 'https://other.example.com' })],
    ['an expired one', 'token_expired', () => token({ iat: now() - 900, exp: now() - 60 })],
  ])('refuses with 401 a token that is %s', async (_what, error, headersOf) => {
    const { status, headers, text } = await both('GET', '/orders', await headersOf());
    expect([status, JSON.parse(text)]).toMatchObject([401, { error }]);
    expect(headers['www-authenticate']).toContain('Bearer realm="api"');
  });

  it('refuses with 403 a token that lacks a scope, as JSON and as a problem', async () => {
    const sent = await token({ org_id: `${name}-few`, scope: 'other' });
    const plain = await both('GET', '/orders', sent);
    expect([plain.status, plain.body]).toMatchObject([
      403,
      { required: ['read:orders'], granted: ['other'] },
    ]);
    const problem = await both('GET', '/orders', [...sent, ['Accept', 'application/problem+json']]);
    expect(problem.headers['content-type']).toBe('application/problem+json');
  });

  it('refuses with 429 what does not fit, by what the route costs', async () => {
    const sent = await token({ org_id: `${name}-dear` });
    const empty: HeaderLines = [...sent, ['Content-Length', '0']];
    const statuses: number[] = [];
    for (let call = 0; call < 3; call += 1) statuses.push((await both('POST', '/reports', empty)).status);
    expect(statuses).toEqual([200, 200, 429]);
    const { headers, body } = await both('POST', '/reports', empty);
    expect(body).toMatchObject({ error: 'rate_limit_exceeded', limit: 100, remaining: 20, tier: 'free' });
    expect(headers['retry-after']).toMatch(/^\d+$/);
    // What costs less fits still.
    expect((await both('GET', '/orders', sent)).status).toBe(200);
  });

  // Hono is given a request in which Node's two headers are one already, which holds no token.
  const status = name === 'hono' ? 401 : 400;
  it(`refuses with ${status} two tokens`, async () => {
    const sent = [...(await token()), ...bearer('b')];
    expect((await ask(app.port, 'GET', '/orders', sent)).status).toBe(status);
  });

  // NestJS asks its guards for routes that it has.
  const unlisted = name === 'nestjs' ? 404 : 403;
  it(`refuses with ${unlisted} what the policy does not list`, async () => {
    const sent = await token({ org_id: `${name}-unlisted` });
    expect((await ask(app.port, 'DELETE', '/orders', sent)).status).toBe(unlisted);
  });
});

describe('old-keys', () => {
  const OLD: HeaderLines = [['X-Api-Key', 'last-years-key-of-acme']];

  it.each([
    ['until', Date.now() + 86_400_000, 200],
    ['after', Date.now() - 1_000, 401],
  ])('%s the day answers an old key, and tells of the day', async (_when, sunset, status) => {
    const SUNSET = new Date(sunset).toISOString();
    const app = await startExample('old-keys', packages, issuer().url, { SUNSET });
    try {
      const answer = await ask(app.port, 'GET', '/orders', OLD);
      expect([answer.status, answer.headers.sunset]).toEqual([status, new Date(sunset).toUTCString()]);
      expect((await ask(app.port, 'GET', '/orders', await token({ org_id: 'acme' }))).status).toBe(200);
    } finally {
      await app.stop();
    }
  });
});

const HANDSHAKE: HeaderLines = [
  ['Connection', 'Upgrade'],
  ['Upgrade', 'websocket'],
  ['Sec-WebSocket-Version', '13'],
  ['Sec-WebSocket-Key', 'AAAAAAAAAAAAAAAAAAAAAA=='],
];

describe('websocket', () => {
  let app: ExampleApp;
  beforeAll(async () => (app = await startExample('websocket', packages, issuer().url)));
  afterAll(() => app.stop());

  /** The client of `ws`, as far as it is used here; the package is none of this repository's. */
  interface Socket extends EventEmitter {
    send(message: string): void;
  }

  const open = (headers: HeaderLines): Socket => {
    const { WebSocket: Client } = createRequire(join(packages, 'index.js'))('ws') as {
      WebSocket: new (url: string, options: object) => Socket;
    };
    return new Client(`ws://127.0.0.1:${app.port}/live`, { headers: Object.fromEntries(headers) });
  };

  const handshakeOf = (headers: HeaderLines): string =>
    [
      'GET /live HTTP/1.1',
      'Host: 127.0.0.1',
      ...[...HANDSHAKE, ...headers].map((line) => line.join(': ')),
      '',
      '',
    ].join('\r\n');

  it.each([
    ['no token', (): HeaderLines => []],
    ['a bad token', (): HeaderLines => bearer('x.y.z')],
    ['a scope that is missing', () => token({ scope: 'other' })],
  ])('answers a handshake with %s as Express answers a request', async (_what, headersOf) => {
    const headers = await headersOf();
    const [expected, answer] = await Promise.all([
      ask(express.port, 'GET', '/live', headers),
      ask(app.port, 'GET', '/live', [...headers, ...HANDSHAKE]),
    ]);
    expect([answer.status, answer.text]).toEqual([expected.status, expected.text]);
    expect(answer.headers['www-authenticate']).toBe(expected.headers['www-authenticate']);
  });

  it('answers messages until the limit is reached', async () => {
    const socket = open(await token({ org_id: 'websocket' }));
    await once(socket, 'open');
    let answers = 0;
    socket.on('message', () => (answers += 1));
    const closed = once(socket, 'close');
    for (let message = 0; message < 101; message += 1) socket.send('hello');
    const [code] = (await closed) as [number];
    expect(code).toBe(1008);
    expect(answers).toBe(100);
  });

  it('keeps no connection open for a client that was refused', async () => {
    const socket = connect({ port: app.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => undefined);
    socket.write(handshakeOf([]));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 401 /);
    // What is written to a side that is gone ends the other.
    const writing = setInterval(() => socket.write('x'), 10);
    await new Promise((resolve) => socket.once('close', resolve));
    clearInterval(writing);
  });

  it('takes nothing more from a client that goes on after its end', async () => {
    const socket = connect({ port: app.port, host: '127.0.0.1' });
    const parts: Buffer[] = [];
    const received = () => Buffer.concat(parts);
    socket.on('data', (part: Buffer) => parts.push(part));
    socket.write(handshakeOf(await token({ iat: now() - 60, exp: now() + 1 })));
    await until(() => received().includes(Buffer.from([0x03, 0xf0]))); // 1008
    const soFar = received().length;
    socket.write(Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0x78])); // the text "x"
    socket.write(Buffer.from([0x88, 0x80, 0, 0, 0, 0])); // our own end
    await once(socket, 'close');
    expect(received().length).toBe(soFar);
  });

  it('ends a connection with its token', async () => {
    // The policy's tolerance lets in a token whose last moment is now.
    const socket = open(await token({ iat: now() - 60, exp: now() + 1 }));
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1008);
  });
});
