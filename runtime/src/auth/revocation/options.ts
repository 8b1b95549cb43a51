/** What `followRevocations()` and `backChannelLogout()` are told: the options, their checks and defaults. */
import { z } from 'zod';
import { harmless } from '../../listener';
import { toProblem } from '../../policy/errors';
import { definedPolicy, type Policy } from '../../policy/policy';
import type { RedisCommands } from '../../redis';
import { AuthOptionsError } from '../errors';
import type { OnAuthEvent } from '../events';
import {
  algorithms,
  DEFAULT_ALGORITHMS,
  DEFAULT_LONGEST_TOKEN,
  DEFAULT_TOLERANCE_SECONDS,
  httpsUrl,
  issuerUrl,
  listener,
  tolerance,
  type AuthOptions,
  type IssuerOptions,
} from '../options';
import type { LogoutTokenRules } from './logout-token';
import type { RevocationList } from './revocation-list';

/** Options of `followRevocations()`. Give it the same `toleranceSeconds` as `requireAuth()`. */
export interface RevocationOptions extends Pick<AuthOptions, 'toleranceSeconds' | 'onEvent'> {
  /** The API's policy: its name is part of the stream's key, its lifetimes say how long a revocation is kept. */
  readonly policy: Policy;
  /**
   * A client of node-redis, or what `SecretsManager.redisClient()` returned. Its Redis user needs XADD, XRANGE, EVAL,
   * TIME and PEXPIRE on the keys `portcullis:*`.
   */
  readonly redis: RedisCommands;
  /** The issuers whose tokens may be revoked: those of `requireAuth()`. @default the policy's issuer */
  readonly issuers?: readonly string[];
}

export type ResolvedRevocation = Required<RevocationOptions>;

/** Options of `backChannelLogout()`: OpenID Connect Back-Channel Logout 1.0. */
export interface BackChannelLogoutOptions
  extends Pick<IssuerOptions, 'jwksUri' | 'discoveryUrl' | 'algorithms'>, Pick<AuthOptions, 'onEvent'> {
  /** Where the tokens of people who logged out are revoked. Its `issuers` have to include `issuer`. */
  readonly revocations: RevocationList;
  /** The provider that sends logout tokens: its exact `iss`. */
  readonly issuer: string;
  /** This application's `client_id` there: the logout tokens' `aud`. */
  readonly clientId: string;
}

export interface ResolvedBackChannelLogout {
  readonly revocations: RevocationList;
  readonly rules: LogoutTokenRules;
  readonly jwksUri: string | undefined;
  readonly discoveryUrl: string | undefined;
  readonly onEvent: OnAuthEvent;
}

const revocationShape = z.strictObject({
  policy: definedPolicy,
  redis: z.custom<RedisCommands>(
    (value) => typeof (value as RedisCommands | undefined)?.sendCommand === 'function',
    { error: "expected a client with node-redis' sendCommand" },
  ),
  issuers: z.array(issuerUrl).min(1, 'expected at least one issuer').optional(),
  toleranceSeconds: tolerance.optional(),
  onEvent: listener.optional(),
});

const backChannelLogoutShape = z.strictObject({
  revocations: z.custom<RevocationList>(
    (value) => typeof (value as RevocationList | undefined)?.revoke === 'function',
    { error: 'expected what followRevocations() returns' },
  ),
  issuer: issuerUrl,
  clientId: z.string().min(1, 'expected the client ID: without it, logouts of other applications pass'),
  jwksUri: httpsUrl.optional(),
  discoveryUrl: httpsUrl.optional(),
  algorithms: algorithms.optional(),
  onEvent: listener.optional(),
});

/** @throws AuthOptionsError with every problem at once, each with its path and remedy. */
export function resolveRevocation(options: RevocationOptions): ResolvedRevocation {
  const parsed = revocationShape.safeParse(options);
  if (!parsed.success) throw new AuthOptionsError(parsed.error.issues.map(toProblem));
  const { policy, redis, issuers = [policy.issuer], onEvent } = options;
  const { toleranceSeconds = DEFAULT_TOLERANCE_SECONDS } = options;
  return { policy, redis, issuers, toleranceSeconds, onEvent: harmless(onEvent) };
}

/** @throws AuthOptionsError with every problem at once, each with its path and remedy. */
export function resolveBackChannelLogout(options: BackChannelLogoutOptions): ResolvedBackChannelLogout {
  const parsed = backChannelLogoutShape.safeParse(options);
  const problems = parsed.error?.issues.map(toProblem) ?? [];
  if (parsed.success && !options.revocations.issuers.includes(options.issuer)) {
    problems.push({ path: 'issuer', message: 'revocations does not follow it: add it to its issuers' });
  }
  if (problems.length > 0) throw new AuthOptionsError(problems);
  const {
    revocations,
    issuer,
    clientId,
    jwksUri,
    discoveryUrl,
    algorithms = DEFAULT_ALGORITHMS,
    onEvent,
  } = options;
  return {
    revocations,
    rules: {
      ...{ issuer, clientId, algorithms, toleranceSeconds: revocations.toleranceSeconds },
      longestToken: DEFAULT_LONGEST_TOKEN,
    },
    jwksUri,
    discoveryUrl,
    onEvent: harmless(onEvent),
  };
}
