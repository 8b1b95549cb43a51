/** What the limiters are told. All of it is checked when they are made. */
import { z } from 'zod';
import { definedPolicy } from '../auth/option-schemas';
import { toProblem, type Problem } from '../policy/errors';
import { routeNamed } from './decide/costs';
import { RateLimitOptionsError } from './errors';
import type { LoginLimitOptions } from './login/login-limit';
import {
  aFunction,
  attemptLimit,
  having,
  meterProvider,
  redisClient,
  timeoutMs,
  trustedProxies,
  upTo,
} from './option-schemas';
import type { RateLimitOptions } from './rate-limit';

const shared = {
  redis: redisClient,
  trustedProxies: trustedProxies.optional(),
  timeoutMs: timeoutMs.optional(),
  onEvent: aFunction.optional(),
  meterProvider: meterProvider.optional(),
};

const rateLimitShape = z.strictObject({
  ...shared,
  policy: definedPolicy,
  costs: z.record(z.string(), aFunction).optional(),
  reserved: z
    .strictObject({ tiers: z.array(z.string()).optional(), routes: z.array(z.string()).optional() })
    .optional(),
  overrides: having('current', 'what watchOverrides() gives').optional(),
  localShare: upTo(1, 'a share of each limit, above 0 and up to 1').optional(),
});

const loginLimitShape = z.strictObject({
  ...shared,
  name: z.string().min(1, 'expected the name of the service: services that share a Redis share no limit'),
  account: aFunction.optional(),
  succeeded: aFunction.optional(),
  perNetwork: attemptLimit.optional(),
  perAccount: attemptLimit.optional(),
  onStoreFailure: z.enum(['open', 'closed', 'local'], "expected 'open', 'closed' or 'local'").optional(),
});

/** @throws RateLimitOptionsError with every problem at once, each with its path and remedy. */
export function checkRateLimit(options: RateLimitOptions): void {
  throwAll([...problemsOf(rateLimitShape.safeParse(options)), ...unknownNames(options)]);
}

/** @throws RateLimitOptionsError with every problem at once, each with its path and remedy. */
export function checkLoginLimit(options: LoginLimitOptions): void {
  throwAll(problemsOf(loginLimitShape.safeParse(options)));
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

/** The names of a list, with their places; what is no list or no name was reported as such. */
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
