/**
 * The options of the limiters: their interfaces, what each value must be, and the value that stands for one that
 * is left out. Defaults are stated here and nowhere else.
 */
import { metrics, type MeterProvider } from '@opentelemetry/api';
import type { Request, Response } from '../peer-types';
import { z } from 'zod';
import { harmless } from '../listener';
import type { Policy } from '../policy';
import { durationSeconds, type Duration } from '../policy/duration';
import { toProblem, type Problem } from '../policy/errors';
import { expected } from '../policy/expected';
import { definedPolicy } from '../policy/policy';
import { accessTo, type RedisClient } from '../redis';
import { routeNamed, type CostFunction, type RouteKey } from './decide/costs';
import type { TierPlan } from './decide/limit-plan';
import type { OnStoreFailure } from './decide/outage';
import { keyProblems } from './decide/key-checks';
import type { ReservedOptions } from './decide/reservable-calls';
import { RateLimitOptionsError } from './errors';
import type { OnRateLimitEvent } from './events';
import { storeChoiceProblem } from './chosen-store';
import { MemoryStore } from './store/memory-store';
import type { RefusalBody } from './answer/refusal-body';
import { trustedProxies, type TrustedProxies } from './client/trusted-proxies';
import { aFunction, having, upTo } from './option-checks';

/** Gives what a request is counted by, for a limit `by: { function }`. The value is hashed before it is stored. */
export type KeyFunction = (req: Request) => string | undefined;

/** At most this many failed attempts in any trailing window. */
export interface AttemptLimit {
  /** A whole number, 1 to 1,000,000. */
  readonly failures: number;
  /** A duration such as '15m', up to '1d'. */
  readonly window: Duration;
}

/** Gives the limits of an organisation (by its `org_id`) that has its own; `undefined` for those that have their tier's. */
export type Overrides = (organisation: string) => TierPlan | undefined;

/** Overrides that may change while the app runs. */
export interface OverridesSource {
  readonly current: Overrides;
  /** The version of the KV entry that `current` was read from: `portcullis limits set` waits until every instance has it. */
  readonly version?: number;
}

/** What `watchOverrides()` resolves with. */
export interface WatchedOverrides extends OverridesSource {
  /** Organisations whose field cannot be understood: they have their tier's limits. For `/readyz`. */
  readonly unusable: readonly string[];
}

/** Options of every limiter. */
interface LimiterOptions {
  /**
   * The Redis that holds the counters: a client of node-redis, ioredis or @upstash/redis, or what
   * `SecretsManager.redisClient()` returned. Either this or `store` is required.
   */
  readonly redis?: RedisClient | undefined;
  /** Holds the counters in the memory of this process instead. In production it has to be a `singleInstance`. @default none */
  readonly store?: MemoryStore;
  /**
   * The proxies in front of the app, whose headers give the address of a caller without a token: a number of hops, or
   * their ranges. 0 means that there is none, and the socket's address counts.
   *
   * @default not stated: the socket's address counts, which is the proxy's if there is one, and a warning says so.
   * `rateLimit()` then counts neither calls of public routes nor failed authentications
   */
  readonly trustedProxies?: TrustedProxies;
  /**
   * Longest wait for Redis, in milliseconds, above 0 and up to 60,000. `loginLimit()` may wait three times for one attempt.
   *
   * @default 50
   */
  readonly timeoutMs?: number;
  /** Called with outages and, at most ten times a second, with refused requests. @default not called */
  readonly onEvent?: OnRateLimitEvent;
  /** Where the metrics go. @default OpenTelemetry's global provider: register the SDK first */
  readonly meterProvider?: MeterProvider;
}

/** Options of `rateLimit()`. */
export interface RateLimitOptions extends LimiterOptions {
  /** The API's policy: its tiers say how much a client may spend, its routes what a call costs. */
  readonly policy: Policy;
  /**
   * Functions that price single requests, by route, such as `'POST /api/transactions/export'`.
   *
   * @default each route costs what the policy says
   */
  readonly costs?: Readonly<Record<RouteKey, CostFunction>>;
  /**
   * Calls that may be admitted without a round trip: `{ tiers: ['enterprise'] }`. This process reserves blocks of units
   * for their clients, and charges them in advance. Never more than the limit is admitted; a busy client may lose up to
   * 5/65 of it, and what a killed process held.
   *
   * @default none
   */
  readonly reserved?: ReservedOptions;
  /**
   * The functions that limits `by: { function }` name: `{ device: (req) => req.get('x-device') }`. A call for which one
   * returns `undefined` counts by its organisation. What it throws goes to the app's error handler; the call is charged.
   *
   * @default none
   */
  readonly keys?: Readonly<Record<string, KeyFunction>>;
  /** Limits of single organisations, in place of their tier's: `await watchOverrides(secrets, policy)`. @default none */
  readonly overrides?: OverridesSource;
  /**
   * Share of each limit, above 0 and up to 1, that one process admits by itself while Redis does not answer.
   *
   * @default 0.25
   */
  readonly localShare?: number;
  /**
   * Makes the JSON body of a refusal, whatever `Accept` asks for. If it throws, or returns no object, the usual body is
   * sent, and the process emits a warning.
   *
   * @default `{ error, message, … }`; problem details (RFC 9457) where `Accept` asks for `application/problem+json`
   */
  readonly refusalBody?: RefusalBody;
}

/** Options of `loginLimit()`. */
export interface LoginLimitOptions extends LimiterOptions {
  /** Name of the service: it keeps services that share a Redis apart, as the policy's `name` does. */
  readonly name: string;
  /**
   * Gives the account that an attempt names, as the client wrote it: an e-mail address, a `client_id`. Values that are no
   * strings count as one account together. For `undefined`, only the network counts. A promise is awaited. What it throws,
   * or rejects with, goes to the app's error handler, and the attempt counts as failed.
   *
   * @default only the network counts
   */
  readonly account?: (req: Request) => unknown;
  /**
   * Says whether an attempt succeeded, once it has been answered; a promise is awaited. Needed if a failure is answered
   * with a page or a redirect: an attempt that counts as a success is nearly free, and makes its network known for the
   * account.
   *
   * @default the status is below 400
   */
  readonly succeeded?: (req: Request, res: Response) => boolean | Promise<boolean>;
  /** Failed attempts from one network, for all accounts together. @default { failures: 50, window: '15m' } */
  readonly perNetwork?: AttemptLimit;
  /**
   * Failed attempts for one account, from all networks together, and as many again from each network that is known for
   * the account.
   *
   * @default { failures: 10, window: '15m' }
   */
  readonly perAccount?: AttemptLimit;
  /** What happens to attempts while Redis does not answer. @default 'local' (a quarter of the limits in each process) */
  readonly onStoreFailure?: OnStoreFailure;
}

/** Options of `watchOverrides()`. */
export interface WatchOverridesOptions {
  /** Path of the entry in Vault's KV engine, version 2. @default `secret/<policy name>/limits` */
  readonly path?: string;
  /** How often Vault is asked for a change, in seconds. @default 15 */
  readonly intervalSeconds?: number;
  /** Called once, with the reason, when there are no overrides to read. @default not called */
  readonly onMissing?: (error: Error) => void;
  /** Called with the event `overrides_unusable`. @default not called */
  readonly onEvent?: OnRateLimitEvent;
  /** Where the metrics go. @default OpenTelemetry's global provider: register the SDK first */
  readonly meterProvider?: MeterProvider;
}

const TIMEOUT_MS = 50;
const PER_NETWORK: AttemptLimit = { failures: 50, window: '15m' };
const PER_ACCOUNT: AttemptLimit = { failures: 10, window: '15m' };
const OVERRIDES_INTERVAL_SECONDS = 15;

/** Share of each limit that one process admits by itself while Redis does not answer. */
export const LOCAL_SHARE = 0.25;
/** Longest wait for Redis of support's tools, beside the running app, ms. */
export const SUPPORT_TIMEOUT_MS = 5_000;

/** The options with their defaults. @throws RateLimitOptionsError with every problem, each with its path and remedy. */
export function resolveRateLimit(options: RateLimitOptions) {
  throwAll([
    ...problemsOf(rateLimitShape.safeParse(options)),
    ...storeProblems(options),
    ...unknownNames(options),
    ...uncountable(options),
  ]);
  return {
    ...withLimiterDefaults(options),
    costs: options.costs ?? {},
    keys: options.keys ?? {},
    localShare: options.localShare ?? LOCAL_SHARE,
  };
}

/** The options with their defaults. @throws RateLimitOptionsError with every problem, each with its path and remedy. */
export function resolveLoginLimit(options: LoginLimitOptions) {
  throwAll([...problemsOf(loginLimitShape.safeParse(options)), ...storeProblems(options)]);
  return {
    ...withLimiterDefaults(options),
    succeeded: options.succeeded ?? ((_req: Request, res: Response) => res.statusCode < 400),
    perNetwork: options.perNetwork ?? PER_NETWORK,
    perAccount: options.perAccount ?? PER_ACCOUNT,
    onStoreFailure: options.onStoreFailure ?? 'local',
  };
}

/** The options with their defaults. */
export function resolveWatchOverrides(options: WatchOverridesOptions, policy: Policy) {
  return {
    ...options,
    path: options.path ?? `secret/${policy.name}/limits`,
    intervalSeconds: options.intervalSeconds ?? OVERRIDES_INTERVAL_SECONDS,
    onEvent: harmless(options.onEvent),
    meterProvider: options.meterProvider ?? metrics,
  };
}

function withLimiterDefaults<Options extends LimiterOptions>(options: Options) {
  return {
    ...options,
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    onEvent: harmless(options.onEvent),
    meterProvider: options.meterProvider ?? metrics,
  };
}

const attempts = expected('a whole number of failures, 1 or more');
const attemptWindow = expected("a duration such as '15m', up to '1d'");

const attemptLimit = z.strictObject(
  {
    failures: z.int(attempts).min(1, attempts).max(1_000_000, attempts),
    window: z
      .string(attemptWindow)
      .refine((text) => (durationSeconds(text) ?? Infinity) <= 86_400, attemptWindow),
  },
  expected("{ failures, window } such as { failures: 10, window: '15m' }"),
);

const limiterShape = {
  redis: z
    .unknown()
    .superRefine((client, context) => {
      try {
        accessTo(client as RedisClient);
      } catch (error) {
        context.addIssue({ code: 'custom', message: (error as Error).message });
      }
    })
    .optional(),
  trustedProxies: trustedProxies.optional(),
  store: z.instanceof(MemoryStore, expected('a MemoryStore')).optional(),
  timeoutMs: upTo(60_000, 'milliseconds, above 0 and up to 60000').optional(),
  onEvent: aFunction.optional(),
  meterProvider: having('getMeter', 'a MeterProvider of OpenTelemetry').optional(),
};

const rateLimitShape = z.strictObject({
  ...limiterShape,
  policy: definedPolicy,
  costs: z.record(z.string(), aFunction).optional(),
  keys: z.record(z.string(), aFunction).optional(),
  reserved: z
    .strictObject({ tiers: z.array(z.string()).optional(), routes: z.array(z.string()).optional() })
    .optional(),
  overrides: having('current', 'what watchOverrides() gives').optional(),
  localShare: upTo(1, 'a share of each limit, above 0 and up to 1').optional(),
  refusalBody: aFunction.optional(),
});

const loginLimitShape = z.strictObject({
  ...limiterShape,
  name: z.string().min(1, 'expected the name of the service: services that share a Redis share no limit'),
  account: aFunction.optional(),
  succeeded: aFunction.optional(),
  perNetwork: attemptLimit.optional(),
  perAccount: attemptLimit.optional(),
  onStoreFailure: z.enum(['open', 'closed', 'local'], "expected 'open', 'closed' or 'local'").optional(),
});

/** What is wrong with where the counters are to be. */
function storeProblems(
  options: Partial<RateLimitOptions> | Partial<LoginLimitOptions> | null | undefined,
): Problem[] {
  const { redis, store } = options ?? {};
  if (redis === undefined && store === undefined)
    return [
      { path: 'redis', message: 'expected a client of node-redis, ioredis or @upstash/redis, or store' },
    ];
  const message = storeChoiceProblem({ redis, store }, process.env.NODE_ENV === 'production');
  const reserved = options !== null && options !== undefined && 'reserved' in options && options.reserved;
  return [
    ...(message === undefined ? [] : [{ path: 'store', message }]),
    ...(store !== undefined && reserved
      ? [{ path: 'reserved', message: 'expected none: blocks save round trips, and a MemoryStore has none' }]
      : []),
  ];
}

/** What names no tier or route of the policy. */
function unknownNames(options: Partial<RateLimitOptions> | null | undefined): Problem[] {
  const policy = definedPolicy.safeParse(options?.policy).data;
  if (policy === undefined) return [];
  const tiers = named(options?.reserved?.tiers).map(([index, name]) => ({
    path: `reserved.tiers[${index}]`,
    known: Object.hasOwn(policy.tiers, name),
    message: `received ${JSON.stringify(name)}; expected one of ${Object.keys(policy.tiers).join(', ')}`,
  }));
  const routes = [
    ...Object.keys(options?.costs ?? {}).map((key) => ({ path: 'costs', key })),
    ...named(options?.reserved?.routes).map(([index, key]) => ({ path: `reserved.routes[${index}]`, key })),
  ].map(({ path, key }) => ({
    path,
    known: routeNamed(policy, key) !== undefined,
    message: `received ${JSON.stringify(key)}; expected a method and path of the policy's routes`,
  }));
  return [...tiers, ...routes].filter(({ known }) => !known).map(({ path, message }) => ({ path, message }));
}

/** What the policy counts by, and this limiter cannot. */
function uncountable(options: Partial<RateLimitOptions> | null | undefined): Problem[] {
  const policy = definedPolicy.safeParse(options?.policy).data;
  if (policy === undefined) return [];
  return keyProblems(policy, {
    clustered: isClustered(options?.redis),
    knowsAddresses: options?.trustedProxies !== undefined,
    functions: Object.keys(options?.keys ?? {}),
  });
}

function isClustered(redis: RedisClient | undefined): boolean {
  try {
    return redis !== undefined && accessTo(redis).clustered;
  } catch {
    // What is no client is reported by the schema.
    return false;
  }
}

/** The names of a list, with their places. What is no list, or no name, is reported by the schema. */
function named(list: unknown): [number, string][] {
  const entries: [number, unknown][] = Array.isArray(list) ? [...list.entries()] : [];
  return entries.filter((entry): entry is [number, string] => typeof entry[1] === 'string');
}

function problemsOf({ error }: z.ZodSafeParseResult<unknown>): Problem[] {
  return error?.issues.map(toProblem) ?? [];
}

function throwAll(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new RateLimitOptionsError(problems);
}
