/** What ioredis keeps of a sign-in, and whoever logs an error or a client would print. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { inspect } from 'node:util';
import { Redis } from 'ioredis';
import { ioredis, Secret } from '../../../../runtime/src/secrets';

let server: Server;
/** Whether Redis knows the user. */
let knows: boolean;

beforeEach(async () => {
  knows = true;
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      // A command is an array; its name is the first of its texts.
      for (const [, name = ''] of bytes.toString().matchAll(/\*\d+\r\n\$\d+\r\n(\w+)\r\n/g)) {
        const refusal = /^auth$/i.test(name) ? 'WRONGPASS invalid username-password pair' : 'NOAUTH needed';
        socket.write(knows ? '+OK\r\n' : `-${refusal}\r\n`);
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => server.close());

const link = () =>
  ioredis(Redis).create(
    { host: '127.0.0.1', port: (server.address() as AddressInfo).port, tls: false },
    () => ({ user: 'user', password: new Secret('canary') }),
    {
      onReady: () => undefined,
      onRefused: () => undefined,
      onDuplicate: (make) => make(() => never(), {} as never),
    },
  );

function never(): never {
  throw new Error('nobody duplicates it');
}

const shown = (value: unknown): string =>
  [inspect(value, { depth: 9 }), inspect(value, { depth: 9, showHidden: true }), String(value)].join();

test('a sign-in that is refused is told without the password: at the start', async () => {
  knows = false;
  const { connect, disconnect } = link();
  const failure: unknown = await connect().catch((error: unknown) => error);
  disconnect();
  expect(String(failure)).toMatch(/WRONGPASS|NOAUTH/);
  expect(shown(failure)).not.toContain('canary');
});

test('and on a living connection', async () => {
  const { native, connect, authenticate, disconnect } = link();
  const told: unknown[] = [];
  native.on('error', (error: unknown) => told.push(error));
  await connect();
  knows = false;
  const failure: unknown = await authenticate({ user: 'user', password: new Secret('canary') }).catch(
    (error: unknown) => error,
  );
  disconnect();
  expect(String(failure)).toContain('WRONGPASS');
  expect(shown([failure, told])).not.toContain('canary');
});

test('the client prints without the password that it signs in with', async () => {
  const { native, connect, disconnect } = link();
  await connect();
  expect(native.options.password).toBe('canary');
  expect(shown(native)).not.toContain('canary');
  expect(JSON.stringify({ native })).toBe('{"native":"[secret]"}');
  disconnect();
});
