/** Versions of a policy as pull requests make them: each is a few changes away from the one before. */
import { definePolicy, PolicyError, type Policy, type PolicyInput } from '@portcullis/runtime/policy';

type Mutable<T> = T extends readonly (infer Item)[]
  ? Mutable<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Mutable<T[Key]> }
    : T;

type Input = Mutable<PolicyInput>;
type RouteInput = Input['routes'][number];
type Windows = NonNullable<RouteInput['limits']>;

export type Random = (below: number) => number;

/** The same numbers for the same seed (mulberry32). */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

export const SCOPES = ['read:a', 'write:a', 'admin'] as const;

const BASE: Input = {
  name: 'orders-api',
  issuer: 'https://auth.example.com',
  audience: 'https://api.example.com',
  tiers: {
    free: [{ limit: 6, window: '1m' }],
    pro: [
      { limit: 9, window: '1m' },
      { limit: 30, window: '1h' },
    ],
    anonymous: [{ limit: 8, window: '1m' }],
  },
  defaultTier: 'free',
  cors: { origins: ['https://app.example.com'] },
  routes: [
    { method: 'GET', path: '/healthz', public: true, limit: false },
    { method: 'GET', path: '/notes', public: true },
    { method: 'GET', path: '/a', scopes: ['read:a'] },
    { method: 'POST', path: '/a', scopes: ['write:a'], cost: 2, sensitive: true, onStoreFailure: 'closed' },
    { method: 'GET', path: '/a/:id', scopes: ['read:a', 'admin'] },
    {
      method: 'GET',
      path: '/files/*rest',
      scopes: ['admin'],
      limits: [{ limit: 4, window: '1m', by: 'user' }],
    },
    { method: 'DELETE', path: '/a/:id', scopes: ['admin'] },
  ],
};

const PATHS = [
  '/a',
  '/a/:id',
  '/a/new',
  '/a/:id/b',
  '/files/*rest',
  '/files/:name',
  '/files/x',
  '/v{1}/a',
  '/:x-:y',
  '/notes',
];
const METHODS = ['GET', 'POST', 'PUT', 'DELETE'] as const;
const KEYS = [
  'organisation',
  'user',
  'client',
  'address',
  { claim: 'team' },
  { function: 'device' },
] as const;
const WINDOWS = ['10s', '1m', '1h'] as const;
const ORIGINS = ['https://app.example.com', 'https://other.example.com'] as const;

type Mutation = (input: Input, random: Random) => void;

const pick = <T>(from: readonly T[], random: Random): T => from[random(from.length)] as T;

function someKeys(random: Random): NonNullable<Windows[number]['by']> {
  const keys = KEYS.filter(() => random(4) === 0);
  return keys.length === 0 ? 'organisation' : keys.slice(0, 4);
}

const someWindow = (random: Random): Windows[number] => ({
  limit: 1 + random(12),
  window: pick(WINDOWS, random),
  ...(random(2) === 0 && { by: someKeys(random) }),
  ...(random(5) === 0 && { shadow: true }),
});

const ofRoute =
  (change: (route: RouteInput, random: Random) => void): Mutation =>
  (input, random) =>
    change(pick(input.routes, random), random);

const ofTier =
  (change: (windows: Windows, random: Random) => Windows): Mutation =>
  (input, random) => {
    const name = pick(Object.keys(input.tiers), random);
    input.tiers[name] = change(input.tiers[name] as Windows, random);
  };

const MUTATIONS: readonly Mutation[] = [
  ofRoute((route, random) => (route.scopes = SCOPES.filter(() => random(2) === 0))),
  ofRoute((route) => {
    route.public = route.public !== true;
    if (route.public) route.scopes = [];
    else route.limit = true;
  }),
  ofRoute((route, random) => (route.cost = random(4))),
  ofRoute((route, random) => (route.onStoreFailure = pick(['open', 'closed', 'local'], random))),
  ofRoute((route) => (route.sensitive = route.sensitive !== true)),
  ofRoute((route, random) => (route.limits = [someWindow(random)])),
  ofRoute((route) => delete route.limits),
  ofRoute((route) => (route.shadow = route.shadow !== true)),
  ofRoute((route, random) => (route.path = pick(PATHS, random))),
  ofRoute((route, random) => (route.method = pick(METHODS, random))),
  ofRoute((route) => route.public === true && (route.limit = route.limit === false)),
  (input, random) => input.routes.splice(random(input.routes.length), 1),
  (input, random) =>
    input.routes.push({
      method: pick(METHODS, random),
      path: pick(PATHS, random),
      scopes: SCOPES.filter(() => random(3) === 0),
    }),
  ofTier((windows, random) => windows.map((window) => ({ ...window, limit: 1 + random(14) }))),
  ofTier((windows, random) => [...windows, someWindow(random)]),
  ofTier((windows) => (windows.length > 1 ? windows.slice(1) : windows)),
  ofTier((windows, random) => windows.map((window) => ({ ...window, by: someKeys(random) }))),
  ofTier((windows, random) => windows.map((window) => ({ ...window, window: pick(WINDOWS, random) }))),
  (input, random) => (input.tiers.gold = [someWindow(random)]),
  (input, random) => {
    const gone = pick(['pro', 'anonymous', 'gold'], random);
    input.tiers = Object.fromEntries(Object.entries(input.tiers).filter(([name]) => name !== gone));
  },
  (input, random) => (input.defaultTier = pick(['free', 'pro'], random)),
  (input, random) =>
    (input.lifetimes = { ...input.lifetimes, accessToken: pick(['10m', '20m', '30m'], random) }),
  (input, random) => (input.lifetimes = { ...input.lifetimes, session: pick(['4h', '8h', '12h'], random) }),
  (input, random) => (input.issuer = pick(['https://auth.example.com', 'https://login.example.com'], random)),
  (input, random) => (input.audience = pick(['https://api.example.com', 'https://b.example.com'], random)),
  (input, random) => {
    delete input.cors;
    if (random(4) > 0)
      input.cors = {
        origins: random(4) === 0 ? ['*'] : ORIGINS.filter((_, index) => index === 0 || random(2) === 0),
        headers: ['authorization', ...(random(2) === 0 ? ['x-trace'] : [])],
      };
  },
  (input) => {
    if (input.cors && !input.cors.origins.includes('*'))
      input.cors.credentials = input.cors.credentials !== true;
  },
];

/** Two policies, one a few changes away from the other, and both a few from the base. */
export function mutatedPair(random: Random): { readonly was: Policy; readonly will: Policy } {
  const [input, was] = mutated(BASE, random, random(4));
  const [, will] = mutated(input, random, 1 + random(3));
  return { was, will };
}

/** Changes what definePolicy() refuses are taken back. */
function mutated(from: Input, random: Random, count: number): [Input, Policy] {
  for (;;) {
    const input = structuredClone(from);
    for (let change = 0; change < count; change += 1) pick(MUTATIONS, random)(input, random);
    try {
      return [input, definePolicy(input)];
    } catch (error) {
      if (!(error instanceof PolicyError)) throw error;
    }
  }
}
