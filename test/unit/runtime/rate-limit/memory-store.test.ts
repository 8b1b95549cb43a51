import { definePolicy, loginLimit, MemoryStore, rateLimit } from '@portcullis/runtime';
import { createClient } from 'redis';

const policy = definePolicy({
  name: 'alone',
  issuer: 'https://issuer.example.com',
  audience: 'alone',
  tiers: { free: [{ limit: 2, window: '1m' }] },
  defaultTier: 'free',
  routes: [{ method: 'GET', path: '/items' }],
  lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m' },
});

let warnings: jest.SpiedFunction<typeof process.emitWarning>;
beforeEach(() => {
  warnings = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
});
afterEach(() => {
  jest.restoreAllMocks();
});

test('a limiter counts in the memory of its process', async () => {
  const limiter = rateLimit({ policy, store: new MemoryStore() });
  const allowed = async (client: string): Promise<boolean> => (await limiter.consume({ client })).allowed;
  expect([await allowed('acme'), await allowed('acme'), await allowed('acme')]).toEqual([true, true, false]);
  expect(await allowed('globex')).toBe(true);
  expect(limiter.storeState()).toEqual({ up: true });
  await limiter.close();
});

test('limiters with one store count a client together, those with stores of their own do not', async () => {
  const store = new MemoryStore();
  const [one, other] = [rateLimit({ policy, store }), rateLimit({ policy, store })];
  await one.consume({ client: 'acme', cost: 2 });
  expect((await other.consume({ client: 'acme' })).allowed).toBe(false);
  const alone = rateLimit({ policy, store: new MemoryStore() });
  expect((await alone.consume({ client: 'acme' })).allowed).toBe(true);
});

test('the start warns that other processes count for themselves, unless it is said that there are none', () => {
  rateLimit({ policy, store: new MemoryStore(), trustedProxies: 0 });
  loginLimit({ name: 'alone', store: new MemoryStore(), trustedProxies: 0 });
  expect(warnings.mock.calls.map(([text]) => String(text))).toEqual([
    expect.stringMatching(/^rateLimit\(\) counts in the memory of this process alone/),
    expect.stringMatching(/^loginLimit\(\) counts in the memory of this process alone/),
  ]);
  warnings.mockClear();
  rateLimit({ policy, store: new MemoryStore({ singleInstance: true }), trustedProxies: 0 });
  expect(warnings).not.toHaveBeenCalled();
});

describe('in production', () => {
  beforeEach(() => {
    jest.replaceProperty(process, 'env', { ...process.env, NODE_ENV: 'production' });
  });

  test('it has to be said that there is one process', () => {
    const refused = /store: received a MemoryStore under NODE_ENV=production[\s\S]*singleInstance: true/;
    expect(() => rateLimit({ policy, store: new MemoryStore() })).toThrow(refused);
    expect(() => loginLimit({ name: 'alone', store: new MemoryStore() })).toThrow(refused);
    expect(() => rateLimit({ policy, store: new MemoryStore({ singleInstance: true }) })).not.toThrow();
  });
});

test.each<[string, object, RegExp]>([
  ['neither', {}, /redis: expected a client of node-redis/],
  ['both', { redis: createClient(), store: new MemoryStore() }, /store: received both redis and store/],
  ['what is no store', { store: { counters: 1 } }, /store: .*expected a MemoryStore/],
  [
    'blocks, which save round trips',
    { store: new MemoryStore(), reserved: { tiers: ['free'] } },
    /reserved: expected none/,
  ],
])('refused: %s', (_what, options, problem) => {
  expect(() => rateLimit({ policy, ...options })).toThrow(problem);
});

test('a store without room is refused', () => {
  expect(() => new MemoryStore({ capacity: 0 })).toThrow('received capacity 0');
});

test('beyond its capacity the client that has been quiet longest is forgotten', async () => {
  const limiter = rateLimit({ policy, store: new MemoryStore({ capacity: 2 }) });
  await limiter.consume({ client: 'first', cost: 2 });
  await limiter.consume({ client: 'second', cost: 2 });
  await limiter.consume({ client: 'third', cost: 2 });
  expect((await limiter.consume({ client: 'third' })).allowed).toBe(false);
  expect((await limiter.consume({ client: 'first' })).allowed).toBe(true);
});
