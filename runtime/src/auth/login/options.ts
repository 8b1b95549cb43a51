import { z } from 'zod';
import { durationSchema, durationSeconds, type Duration } from '../../policy/duration';
import { toProblem, type Problem } from '../../policy/errors';
import { isHttpsOrLoopback } from '../../policy/loopback';
import type { Policy } from '../../policy';
import { AuthOptionsError } from '../errors';
import type { OnAuthEvent } from '../events';
import { definedPolicy, issuerUrl, listener } from '../option-schemas';
import { clientShape, scopeList } from '../provider/options';
import type { ProviderOptions } from '../provider/provider';
import type { RevocationList } from '../revocation/follow-revocations';
import type { HandoverRedis } from './session/handover';

export interface LoginOptions {
  readonly policy: Policy;
  /** The provider. @default the policy's issuer */
  readonly issuer?: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** How the client says who it is (RFC 6749 §2.3.1). @default 'client_secret_basic' */
  readonly clientAuthentication?: 'client_secret_basic' | 'client_secret_post';
  /** This app's `/auth/callback`, as it is registered with the provider. */
  readonly redirectUri: string;
  /**
   * Secrets of 32 characters or more that seal the cookies: the first one seals, all of them open. To replace
   * it, add the new one behind on every instance, then put it first, and drop the old one after `idle`.
   */
  readonly encryptionKeys: readonly string[];
  /** What to ask for. @default openid and every scope of the policy */
  readonly scopes?: readonly string[];
  /** The API that access tokens are for (RFC 8707). @default the policy's audience */
  readonly resource?: string;
  /** From login to the next one, whatever happens. @default '8h' */
  readonly maxAge?: Duration;
  /** From the last renewal of tokens to the next login. @default '1h' */
  readonly idle?: Duration;
  /** Where several instances hand each other renewed sessions. @default this instance is alone */
  readonly redis?: HandoverRedis;
  /**
   * Where the access token of a person who logs out is revoked. Without, a copy of the session's cookie serves
   * until that token expires; the refresh token is always revoked at the provider.
   */
  readonly revocations?: Pick<RevocationList, 'revoke'>;
  readonly onEvent?: OnAuthEvent;
}

export interface ResolvedLogin {
  readonly policy: Policy;
  readonly provider: ProviderOptions;
  readonly redirectUri: URL;
  readonly encryptionKeys: readonly string[];
  readonly scope: string;
  readonly resource: string;
  readonly limits: { readonly maxAgeMs: number; readonly idleMs: number };
  readonly redis: HandoverRedis | undefined;
  readonly revocations: Pick<RevocationList, 'revoke'> | undefined;
  readonly onEvent: OnAuthEvent;
}

const DEFAULT_MAX_AGE = '8h';
const DEFAULT_IDLE = '1h';

function isCallback(text: string): boolean {
  if (!isHttpsOrLoopback(text)) return false;
  const { origin, href } = new URL(text);
  return href === `${origin}/auth/callback`;
}

const shape = z.strictObject({
  policy: definedPolicy,
  issuer: issuerUrl.optional(),
  ...clientShape,
  redirectUri: z
    .string()
    .refine(isCallback, 'expected the https address (http only on loopback) of /auth/callback at this app'),
  encryptionKeys: z
    .array(z.string().min(32, 'expected 32 characters or more: less can be guessed'))
    .min(1, 'expected at least one key; make one with: openssl rand -base64 32'),
  scopes: scopeList
    .refine((scopes) => scopes.includes('openid'), 'expected openid among them: nobody says who logged in')
    .optional(),
  resource: z.string().min(1).optional(),
  maxAge: durationSchema.optional(),
  idle: durationSchema.optional(),
  redis: z
    .custom<HandoverRedis>(
      (value) => typeof (value as HandoverRedis | undefined)?.sendCommand === 'function',
      'expected a Redis client with sendCommand()',
    )
    .optional(),
  revocations: z
    .custom<Pick<RevocationList, 'revoke'>>(
      (value) => typeof (value as Partial<RevocationList> | undefined)?.revoke === 'function',
      'expected what followRevocations() returns',
    )
    .optional(),
  onEvent: listener.optional(),
});

/** @throws AuthOptionsError with every problem at once, each with its path and remedy. */
export function resolveLogin(options: LoginOptions): ResolvedLogin {
  const problems = [
    ...(shape.safeParse(options).error?.issues.map(toProblem) ?? []),
    ...crossChecks(options),
  ];
  if (problems.length > 0) throw new AuthOptionsError(problems);

  const { policy, issuer, clientId, clientSecret, clientAuthentication, scopes, resource, ...rest } = options;
  const { maxAge, idle } = seconds(options);
  return {
    policy,
    provider: {
      issuer: issuer ?? policy.issuer,
      clientAuthentication: clientAuthentication ?? 'client_secret_basic',
      ...{ clientId, clientSecret },
    },
    redirectUri: new URL(rest.redirectUri),
    encryptionKeys: rest.encryptionKeys,
    scope: (scopes ?? ['openid', ...scopesOf(policy)]).join(' '),
    resource: resource ?? policy.audience,
    limits: { maxAgeMs: maxAge * 1_000, idleMs: idle * 1_000 },
    redis: rest.redis,
    revocations: rest.revocations,
    onEvent: rest.onEvent ?? (() => undefined),
  };
}

/** What can only be seen by looking at several options together. */
function crossChecks(options: LoginOptions): Problem[] {
  const { maxAge, idle } = seconds(options);
  const tokenLife = (options.policy as Partial<Policy> | undefined)?.lifetimes?.accessTokenSeconds ?? 0;
  return [
    ...(idle <= tokenLife
      ? [
          {
            path: 'idle',
            message: `expected more than an access token’s ${tokenLife} s: renewals tell who is there`,
          },
        ]
      : []),
    ...(maxAge < idle ? [{ path: 'maxAge', message: 'expected no less than idle' }] : []),
  ];
}

/** What is no duration is reported as such, and not compared. */
function seconds({ maxAge = DEFAULT_MAX_AGE, idle = DEFAULT_IDLE }: LoginOptions) {
  return { maxAge: durationSeconds(maxAge) ?? NaN, idle: durationSeconds(idle) ?? NaN };
}

function scopesOf({ routes }: Policy): readonly string[] {
  return [...new Set(routes.flatMap(({ scopes }) => scopes))];
}
