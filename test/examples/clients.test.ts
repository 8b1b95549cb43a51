/** The clients of `examples/client` against a real limiter: whoever goes by our headers gets every answer. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import express from 'express';
import { join } from 'node:path';
import { definePolicy, enforce, MemoryStore, rateLimit, requireAuth } from '../../runtime/src';
import { useIssuer } from '../support/auth/issuer';
import { EXAMPLES } from './apps';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What was answered, and when. */
interface Told {
  readonly status: number;
  readonly retryAfter: number | undefined;
  readonly at: number;
}

const CLIENTS: readonly [name: string, command: readonly string[]][] = [
  ['TypeScript', [process.execPath, '--import', require.resolve('tsx'), join(EXAMPLES, 'client/client.mts')]],
  ['Python', ['python3', join(EXAMPLES, 'client/client.py')]],
  ['shell', ['sh', join(EXAMPLES, 'client/client.sh')]],
];

const issuer = useIssuer();
const AUDIENCE = 'https://api.example.com';
let told: Told[];
let server: Server;
let stop: () => void;
let port: number;
let token: string;
/** Whether others spend the whole limit just before the next call is decided. */
let isBusy: boolean;

beforeEach(async () => {
  told = [];
  isBusy = false;
  const policy = definePolicy({
    name: 'orders',
    issuer: issuer().url,
    audience: AUDIENCE,
    tiers: { free: [{ limit: 5, window: '2s' }] },
    defaultTier: 'free',
    routes: [
      { method: 'GET', path: '/orders', scopes: ['read:orders'] },
      { method: 'GET', path: '/others', scopes: ['read:others'] },
    ],
  });
  const limiter = rateLimit({ policy, store: new MemoryStore({ singleInstance: true }), trustedProxies: 0 });
  const auth = requireAuth({ policy, limiter });
  const app = express();
  app.use((_req, res, next) => {
    res.on('finish', () => {
      const seconds = res.getHeader('Retry-After');
      told.push({
        status: res.statusCode,
        retryAfter: seconds === undefined ? undefined : Number(seconds),
        at: performance.now(),
      });
    });
    next();
  });
  app.use(async (_req, _res, next) => {
    if (isBusy) await limiter.consume({ client: 'acme', cost: 5 });
    isBusy = false;
    next();
  });
  app.use(auth, limiter, enforce(policy));
  app.get('/orders', (_req, res) => void res.json({ orders: [] }));
  server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
  stop = () => auth.close();
  token = await issuer().token({ aud: AUDIENCE, scope: 'read:orders', tier: 'free', org_id: 'acme' });
});
afterEach(() => {
  stop();
  server.closeAllConnections();
  server.close();
});

/** Runs a client, and gives the lines that it printed. */
async function run([command = '', ...args]: readonly string[], paths: readonly string[]): Promise<string[]> {
  const urls = paths.map((path) => `http://127.0.0.1:${port}${path}`);
  const client = spawn(command, [...args, ...urls], {
    env: { ...process.env, API_TOKEN: token },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const printed: Buffer[] = [];
  client.stdout.on('data', (chunk: Buffer) => printed.push(chunk));
  const [code] = (await once(client, 'close')) as [number];
  expect(code).toBe(0);
  return Buffer.concat(printed).toString().trimEnd().split('\n');
}

describe.each(CLIENTS)('%s', (_name, command) => {
  it('keeps to the pace of the answers, and is refused nothing', async () => {
    const printed = await run(command, Array<string>(12).fill('/orders'));
    expect(printed).toEqual(Array(12).fill(expect.stringMatching(/^200 \{"orders":\[\]\}$/)));
    expect(told.map(({ status }) => status)).toEqual(Array(12).fill(200));
  });

  it('waits as long as Retry-After says where others have spent the limit', async () => {
    isBusy = true;
    expect(await run(command, ['/orders'])).toEqual(['200 {"orders":[]}']);
    const [refused, ...others] = told;
    expect([refused?.status, refused?.retryAfter]).toEqual([429, expect.any(Number)]);
    expect(others.at(-1)?.status).toBe(200);
    // A timer may be early by a millisecond, and a line of the log is late.
    expect(others[0]!.at - refused!.at).toBeGreaterThan(refused!.retryAfter! * 1_000 - 20);
  });

  it('repeats no call that another answer would not change', async () => {
    expect((await run(command, ['/others'])).join('')).toMatch(/^403 .*insufficient_scope/);
    expect(told).toHaveLength(1);
  });
});
