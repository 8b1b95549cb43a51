/** What a listener of the user's does: throw, reject, hang. Nothing of it is anybody else's concern. */
import { createClient } from 'redis';
import express, { type Express, type RequestHandler } from 'express';
import {
  backChannelLogout,
  clientCredentials,
  followRevocations,
  login,
  requireAuth,
} from '../../../runtime/src/auth';
import { Follower } from '../../../runtime/src/auth/revocation/follow-revocations';
import { resolveRevocation } from '../../../runtime/src/auth/revocation/options';
import { harmless, Listeners } from '../../../runtime/src/listener';
import { definePolicy } from '../../../runtime/src/policy';
import { loginLimit, rateLimit, watchOverrides } from '../../../runtime/src/rate-limit';
import { appRole, SecretsError, SecretsManager } from '../../../runtime/src/secrets';
import { WatchedEntry } from '../../../runtime/src/secrets/kv/watched-entry';
import { manualClock } from '../../support/clock';
import { serve } from '../../support/auth/app';

/** Nobody listens there. */
const NOWHERE = 'http://127.0.0.1:1';
const policy = definePolicy({
  name: 'listeners',
  issuer: NOWHERE,
  audience: 'https://api.example.com',
  tiers: { free: [{ limit: 10, window: '1m' }] },
  defaultTier: 'free',
  lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m' },
  routes: [{ method: 'GET', path: '/', scopes: ['read'] }],
});
const redis = createClient(); // Never connected.
const client = { issuer: NOWHERE, clientId: 'web', clientSecret: 'a secret of this test' };

let warned: jest.SpyInstance;
const closing: { close(): unknown }[] = [];

beforeEach(() => {
  warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
});
afterEach(() => {
  for (const each of closing.splice(0)) void each.close();
  warned.mockRestore();
});

function app(...handlers: RequestHandler[]): Express {
  const made = express();
  for (const handler of handlers) made.use(handler);
  return made.get('/', (_req, res) => void res.send('ok'));
}

/** The status of one request. */
async function asked(handler: RequestHandler): Promise<number> {
  const running = await serve(app(handler));
  try {
    return (await running.get('/')).status;
  } finally {
    await running.stop();
  }
}

function closed<Closable extends { close(): unknown }>(made: Closable): Closable {
  closing.push(made);
  return made;
}

async function watched(onChange: () => never, other?: () => void): Promise<WatchedEntry<number>> {
  let version = 1;
  const entry = await WatchedEntry.start({
    path: 'secret/entry',
    intervalMs: 30_000,
    acceptPreviousMs: 0,
    read: (asked) => Promise.resolve({ value: asked ?? version, version: asked ?? version, writtenAt: 0 }),
    clock: manualClock(),
    emit: () => undefined,
  });
  entry.onChange(onChange);
  if (other) entry.onChange(other);
  version = 2;
  await entry.refresh();
  return entry;
}

/** Each makes its entry point tell at least one event, and gives what a caller sees of it. */
const ENTRY_POINTS: Readonly<Record<string, (listener: () => never) => unknown>> = {
  'requireAuth({ onEvent })': (onEvent) => asked(closed(requireAuth({ policy, onEvent }))),
  'rateLimit({ onEvent })': (onEvent) => asked(rateLimit({ policy, redis, onEvent })),
  'loginLimit({ onEvent })': (onEvent) => asked(loginLimit({ name: 'app', redis, onEvent })),
  'login({ onEvent })': async (onEvent) => {
    const keys = ['k'.repeat(32)];
    const redirectUri = 'http://127.0.0.1/auth/callback';
    const routes = closed(login({ policy, ...client, redirectUri, encryptionKeys: keys, onEvent }));
    const running = await serve(express().use(routes));
    const { status } = await running.get('/auth/login');
    await running.stop();
    return status;
  },
  'followRevocations({ onEvent })': async (onEvent) => {
    const clock = manualClock();
    const follower = closed(new Follower(resolveRevocation({ policy, redis, onEvent }), clock));
    await clock.advance(1_000);
    return follower.current;
  },
  'backChannelLogout({ onEvent })': async (onEvent) => {
    const revocations = closed(followRevocations({ policy, redis }));
    const receiver = closed(backChannelLogout({ revocations, issuer: NOWHERE, clientId: 'web', onEvent }));
    const running = await serve(express().post('/', receiver));
    const { status } = await running.send('POST', '/');
    await running.stop();
    return status;
  },
  'clientCredentials({ onEvent })': (onEvent) =>
    closed(clientCredentials({ ...client, onEvent }))
      .token()
      .catch((error: unknown) => (error as Error).name),
  'watchOverrides({ onMissing })': async (onMissing) => {
    const missing = new SecretsError('ERR_KV_NOT_FOUND', 'there is no entry');
    const { current } = await watchOverrides({ watchKv: () => Promise.reject(missing) }, policy, {
      onMissing,
    });
    return current('acme') === undefined;
  },
  'SecretsManager.connect({ onEvent })': (onEvent) =>
    SecretsManager.connect({
      address: NOWHERE,
      login: appRole({ roleId: 'role', secretId: 'id' }),
      startupSeconds: 0,
      onEvent,
    }).catch((error: unknown) => (error as SecretsError).code),
  'watchKv().onChange()': async (listener) => (await watched(listener)).current,
};

const EXPECTED: Readonly<Record<string, unknown>> = {
  'requireAuth({ onEvent })': 401,
  'rateLimit({ onEvent })': 200,
  'loginLimit({ onEvent })': 200,
  'login({ onEvent })': 503,
  'followRevocations({ onEvent })': false,
  'backChannelLogout({ onEvent })': 400,
  'clientCredentials({ onEvent })': 'ProviderUnavailableError',
  'watchOverrides({ onMissing })': true,
  'SecretsManager.connect({ onEvent })': 'ERR_VAULT_UNREACHABLE',
  'watchKv().onChange()': 2,
};

const rejecting = (() => Promise.reject(new Error('full disk'))) as unknown as () => never;
const throwing = (): never => {
  throw new Error('full disk');
};

describe.each(Object.entries(ENTRY_POINTS))('%s', (name, use) => {
  test.each([
    ['throws', throwing],
    ['rejects', rejecting],
  ])('a listener that %s changes nothing and ends nothing', async (_how, listener) => {
    const rejections = jest.fn();
    process.on('unhandledRejection', rejections);
    expect(await use(listener)).toEqual(EXPECTED[name]);
    for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
    process.off('unhandledRejection', rejections);
    expect(rejections).not.toHaveBeenCalled();
    expect(warned).toHaveBeenCalledWith(expect.stringContaining('full disk'));
  });
});

describe('a listener', () => {
  test('that fails keeps no other from being told', async () => {
    const other = jest.fn();
    await watched(throwing, other);
    await watched(rejecting, other);
    expect(other.mock.calls).toEqual([[2], [2]]);
  });

  test('is told in the order of its coming, as often as it was added, until it is taken away', () => {
    const told: string[] = [];
    const listeners = new Listeners<string>('onEvent');
    const listener = (value: string): void => void told.push(`one ${value}`);
    const stop = listeners.add(listener);
    listeners.add(listener);
    listeners.add((value) => told.push(`two ${value}`));
    listeners.tell('a');
    stop();
    stop();
    listeners.tell('b');
    expect(told).toEqual(['one a', 'one a', 'two a', 'one b', 'two b']);
  });

  test.each([
    ['a promise that never settles', () => new Promise(() => undefined)],
    ['nothing that has a then', () => ({ then: 'no function' })],
    [
      'something whose then throws',
      () => ({
        get then(): never {
          throw new Error('full disk');
        },
      }),
    ],
    ['a rejection that cannot be printed', () => Promise.reject(Object.create(null) as Error)],
  ])('may give %s', async (_what, listener) => {
    expect(() => harmless(listener, 'onEvent')('event')).not.toThrow();
    await new Promise(setImmediate);
  });
});
