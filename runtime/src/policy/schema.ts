/** The shape of a policy as its author writes it, and what each part must be. */
import { z } from 'zod';
import { corsSchema } from './cors-schema';
import { expected, objectOf } from './expected';
import { ANONYMOUS_TIER } from './limit';
import { isHttpsOrLoopback } from './loopback';
import { compilePattern } from './route-pattern';
import { durationSchema, flag, scope } from './shapes';

const httpsUrl = (example: string) => {
  const aUrl = expected(`an https URL such as "${example}" (http only on loopback)`);
  return z.string(aUrl).refine(isHttpsOrLoopback, aUrl);
};

const A_NAME = (example: string) => `a lower-case name such as "${example}": letters, digits, hyphens`;
const named = (example: string) => {
  const aName = expected(A_NAME(example));
  return z.string(aName).regex(/^[a-z][a-z0-9-]{0,62}$/, aName);
};

const A_PATH = 'a path that starts with "/", such as "/users/:id"';
const path = z.string(expected(A_PATH)).superRefine((pattern, context) => {
  if (!pattern.startsWith('/')) {
    context.addIssue({ code: 'custom', message: expected(A_PATH).error({ input: pattern }) });
    return;
  }
  try {
    compilePattern(pattern);
  } catch {
    context.addIssue({
      code: 'custom',
      message: 'expected Express 5 path syntax, such as "/users/:id" or "/files/*rest"',
    });
  }
});

const LONGEST_WINDOW_SECONDS = 31 * 86_400;

const aKey = expected(
  "'organisation', 'user', 'client', 'address', { claim: 'team' } or { function: 'device' }, or a list of up to four of them",
);
const aClaim = expected('the name of a claim, such as "team"');
const limitKey = z.union(
  [
    z.enum(['organisation', 'user', 'client', 'address'], aKey),
    objectOf({ claim: z.string(aClaim).min(1, aClaim) }, "{ claim: 'team' }"),
    objectOf({ function: named('device') }, "{ function: 'device' }"),
  ],
  aKey,
);

const A_LIMIT = "{ limit: 100, window: '1m' }";
const aCeiling = expected('a whole number from 1 to 1,000,000,000, such as 100');

const window = objectOf(
  {
    /** How much cost is admitted in any `window`: a whole number, 1 to 1,000,000,000. */
    limit: z.int(aCeiling).min(1, aCeiling).max(1_000_000_000, aCeiling),
    /** Length of the trailing window, such as '1m'; 31 days at most. */
    window: durationSchema.refine(
      (seconds) => seconds <= LONGEST_WINDOW_SECONDS,
      'expected a window of 31 days at most',
    ),
    /**
     * Whose limit it is. With several keys, up to four, each is counted within those before it:
     * `['organisation', 'client']`.
     *
     * @default 'organisation'
     */
    by: z.union([limitKey, z.array(limitKey).min(1, aKey).max(4, aKey)], aKey).optional(),
    /** Whether the limit is only tried: calls over it are counted and reported, and never refused. @default false */
    shadow: flag.optional(),
  },
  `a limit such as ${A_LIMIT}`,
);

const someLimits = expected(`at least one limit, as in [${A_LIMIT}]`);
const windows = z.array(window, someLimits).min(1, someLimits);

/** A tier's limits; as an object, to try all of them in shadow. */
const tier = z.union(
  [windows, objectOf({ limits: windows, shadow: flag.optional() }, `{ limits: [${A_LIMIT}] }`)],
  someLimits,
);

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
const aCost = expected('a whole number from 0 to 1,000,000, such as 1');
const A_ROUTE = "{ method: 'GET', path: '/api/orders', scopes: ['read:orders'] }";

const route = objectOf(
  {
    /** HTTP method. HEAD is GET. */
    method: z.enum(METHODS, expected(`one of ${METHODS.join(', ')}; HEAD is GET`)),
    /** In Express 5 path syntax: `/users/:id`, `/files/*rest`. */
    path,
    /** Scopes that a token needs, all of them (RFC 6749 §3.3). @default none */
    scopes: z.array(scope, expected("a list of scopes such as ['read:orders']")).default([]),
    /** What a call takes from the client's limits: a whole number, 0 to 1,000,000. @default 1 */
    cost: z.int(aCost).min(0, aCost).max(1_000_000, aCost).default(1),
    /**
     * What happens to calls while the rate-limit store does not answer: 'open' admits them, 'closed' answers 503, 'local'
     * counts them in the memory of each process, against a share of each limit. @default 'local'
     */
    onStoreFailure: z
      .enum(['open', 'closed', 'local'], expected("'open', 'closed' or 'local'"))
      .default('local'),
    /** Whether calls are answered 503 while it is not known what was revoked. @default false */
    sensitive: flag.default(false),
    /** Limits of this route alone, beside those of the caller's tier. @default none */
    limits: windows.optional(),
    /** Whether no limit refuses its calls: they are counted and reported only. @default false */
    shadow: flag.optional(),
    /** Whether calls need no token. They are limited by network if there is a tier `anonymous`. @default false */
    public: flag.default(false),
    /** Whether its calls are counted. `false` is for public routes: health checks, back-channel logout. @default true */
    limit: flag.default(true),
  },
  `a route such as ${A_ROUTE}`,
).superRefine((value, context) => {
  if (value.public && value.scopes.length > 0) {
    context.addIssue({
      code: 'custom',
      path: ['public'],
      message: 'expected false: a route that asks for scopes is not public',
    });
  }
  if (!value.limit && !value.public) {
    context.addIssue({
      code: 'custom',
      path: ['limit'],
      message: 'expected true: a call with a token that is to take nothing of its limit has cost: 0',
    });
  }
});

const someRoutes = expected(`at least one route, as in [${A_ROUTE}]: what is not listed is denied`);
const A_TIER = `{ free: [${A_LIMIT}] }`;
const tiersByName = {
  error: (issue: { readonly code?: string | undefined; readonly input?: unknown }) =>
    expected(issue.code === 'invalid_key' ? A_NAME('pro') : `tiers by name, such as ${A_TIER}`).error(issue),
};
const anAudience = expected('the audience of the API\'s tokens, such as "https://api.example.com"');

/** The credential's part of the life that it serves before it is replaced: 50 of 60 minutes. */
const ROTATE_AT = 5 / 6;

const lifetimes = objectOf(
  {
    /** Longest life of an access token, `exp - iat`. @default '15m' */
    accessToken: durationSchema.default(900),
    /** Longest life of a credential that Vault leases. @default '60m' */
    credential: durationSchema.default(3_600),
    /** Age at which a credential is replaced, less than `credential`. @default five sixths of `credential`: `'50m'` */
    rotateAt: durationSchema.optional(),
    /** Longest time from a person's login to their next; revocations of sessions are kept as long. @default '8h' */
    session: durationSchema.default(28_800),
  },
  "lengths of time such as { accessToken: '15m', credential: '60m' }",
).transform(({ rotateAt, ...rest }) => ({
  ...rest,
  rotateAt: rotateAt ?? Math.floor(rest.credential * ROTATE_AT),
}));

export const policySchema = objectOf(
  {
    /** Name of the API, and of its Vault role, policy, KV entry and gateway: lower-case letters, digits, hyphens. */
    name: named('orders-api'),
    /** The authorization server: the exact `iss` of its access tokens. An https URL, http on loopback only. */
    issuer: httpsUrl('https://auth.example.com'),
    /** What the `aud` of access tokens has to name (RFC 9068 §4). */
    audience: z.string(anAudience).min(1, anAudience),
    /** The limits of each tier, by its name; as `{ limits, shadow: true }`, to try them all. */
    tiers: z.record(named('pro'), tier, tiersByName),
    /** The tier of callers whose token names none, or one that does not exist. */
    defaultTier: named('free'),
    /** Every route of the API: a call of any other is answered 403. */
    routes: z.array(route, someRoutes).min(1, someRoutes),
    /** How long tokens, credentials and sessions live. @default each field's own */
    lifetimes: lifetimes.prefault({}),
    /** The pages of other origins that may call the API (CORS). @default none */
    cors: corsSchema.optional(),
    /** An https URL that clients of the default tier are shown when they are refused by a limit. @default none */
    upgradeUrl: httpsUrl('https://example.com/pricing').optional(),
  },
  `a policy such as { name: 'orders-api', issuer: …, audience: …, tiers: ${A_TIER}, defaultTier: 'free', routes: [${A_ROUTE}] }`,
).superRefine((policy, context) => {
  if (!Object.hasOwn(policy.tiers, policy.defaultTier)) {
    const known = Object.keys(policy.tiers).join(', ');
    context.addIssue({
      code: 'custom',
      path: ['defaultTier'],
      message: expected(`one of the tiers: ${known}`).error({ input: policy.defaultTier }),
    });
  }
  if (policy.defaultTier === ANONYMOUS_TIER) {
    context.addIssue({
      code: 'custom',
      path: ['defaultTier'],
      message: `received ${ANONYMOUS_TIER}, the tier of callers without a token; expected one of callers with a token`,
    });
  }
  if (policy.lifetimes.rotateAt >= policy.lifetimes.credential) {
    context.addIssue({
      code: 'custom',
      path: ['lifetimes', 'rotateAt'],
      message: `received ${policy.lifetimes.rotateAt} seconds; expected less than lifetimes.credential (${policy.lifetimes.credential} seconds), so that a rotation has time to finish`,
    });
  }
});

/** What `definePolicy()` takes. */
export type PolicyInput = z.input<typeof policySchema>;
export type ParsedPolicy = z.output<typeof policySchema>;
