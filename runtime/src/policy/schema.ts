/** The shape of a policy as its author writes it, and what each part must be. */
import { z } from 'zod';
import { corsSchema } from './cors';
import { durationSchema } from './duration';
import { isHttpsOrLoopback } from './loopback';
import { compilePattern } from './route-pattern';
import { scope } from './scope';

const httpsUrl = z
  .string()
  .refine(isHttpsOrLoopback, { error: 'expected an https URL (http only on loopback)' });

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'expected a lower-case name such as "pro": letters, digits, hyphens');

const path = z.string().superRefine((pattern, context) => {
  if (!pattern.startsWith('/')) {
    context.addIssue({ code: 'custom', message: 'expected a path that starts with "/"' });
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

const limitKey = z.union(
  [
    z.enum(['organisation', 'user', 'client', 'address']),
    z.strictObject({ claim: z.string().min(1) }),
    z.strictObject({ function: name }),
  ],
  "expected 'organisation', 'user', 'client', 'address', { claim: 'team' } or { function: 'device' }",
);

const window = z.strictObject({
  /** Cost admitted in any window of this length. */
  limit: z.int().min(1).max(1_000_000_000),
  window: durationSchema.refine(
    (seconds) => seconds <= LONGEST_WINDOW_SECONDS,
    'expected a window of 31 days at most',
  ),
  /**
   * Whose limit it is; of several keys each is counted within those before it: `['organisation', 'client']`.
   *
   * @default 'organisation'
   */
  by: z.union([limitKey, z.array(limitKey).min(1).max(4)]).optional(),
  /** Decided, counted and told, never refused: to try a limit. @default false */
  shadow: z.boolean().optional(),
});

const windows = z.array(window).min(1, 'expected at least one { limit, window }');

/** A tier's limits; as an object, to try all of them in shadow. */
const tier = z.union([windows, z.strictObject({ limits: windows, shadow: z.boolean().optional() })]);

const route = z
  .strictObject({
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']),
    path,
    /** All of them are required. @default none */
    scopes: z.array(scope).default([]),
    /** What a call takes from the client's limit. HEAD costs what GET does. @default 1 */
    cost: z.int('expected a whole number').min(0).max(1_000_000).default(1),
    /** What happens when the rate-limit store does not answer. @default 'local' */
    onStoreFailure: z.enum(['open', 'closed', 'local']).default('local'),
    /** Refused while revocations cannot be read. @default false */
    sensitive: z.boolean().default(false),
    /** Limits of this route's own, beside those of the caller's tier. @default none */
    limits: windows.optional(),
    /** Its calls are decided, counted and told, never refused, whatever limits they are held to. @default false */
    shadow: z.boolean().optional(),
    /** Open to everyone: no token is asked for. Its calls are limited by network where there is a tier `anonymous`. @default false */
    public: z.boolean().default(false),
    /** `false`: calls of this public route are never counted, for health checks and back-channel logout. @default true */
    limit: z.boolean().default(true),
  })
  .superRefine((value, context) => {
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

/** The tier of callers without a token. Each network has its limits: there is nobody else to name. */
export const ANONYMOUS_TIER = 'anonymous';

export const policySchema = z
  .strictObject({
    /** Names the API's Vault role, policy, KV entry and gateway. */
    name,
    issuer: httpsUrl,
    audience: z.string().min(1),
    tiers: z.record(name, tier),
    defaultTier: name,
    routes: z.array(route).min(1, 'expected at least one route: what is not listed is denied'),
    lifetimes: z.strictObject({
      /** Longest `exp - iat` of an access token. */
      accessToken: durationSchema,
      /** Longest life of a leased credential. */
      credential: durationSchema,
      /** Age at which a credential is replaced. */
      rotateAt: durationSchema,
      /** From a person's login to the next one, whatever happens. What ended a session is remembered as long. @default '8h' */
      session: durationSchema.default(28_800),
    }),
    /** Whose pages may call the API with a browser. @default those of its own origin */
    cors: corsSchema.optional(),
    /** Shown to clients of the default tier when they are limited. */
    upgradeUrl: httpsUrl.optional(),
  })
  .superRefine((policy, context) => {
    if (!Object.hasOwn(policy.tiers, policy.defaultTier)) {
      const known = Object.keys(policy.tiers).join(', ');
      context.addIssue({
        code: 'custom',
        path: ['defaultTier'],
        message: `expected one of the tiers: ${known}`,
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
        message: 'expected less than lifetimes.credential, so that a rotation has time to finish',
      });
    }
  });

/** What `definePolicy()` takes. */
export type PolicyInput = z.input<typeof policySchema>;
export type ParsedPolicy = z.output<typeof policySchema>;
