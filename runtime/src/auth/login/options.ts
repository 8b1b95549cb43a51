/** What `login()` is told: the options, their checks and defaults. */
import { z } from 'zod';
import { harmless } from '../../listener';
import { durationSeconds, type Duration } from '../../policy/duration';
import { toProblem, type Problem } from '../../policy/errors';
import { isHttpsOrLoopback } from '../../policy/loopback';
import { definedPolicy, type Policy } from '../../policy/policy';
import { durationSchema, scope } from '../../policy/shapes';
import { AuthOptionsError } from '../errors';
import type { OnAuthEvent } from '../events';
import { DEFAULT_CLAIMS, issuerUrl, listener, organisationPath, type AuthOptions } from '../options';
import { namesIn, type ClaimPath } from '../claim-path';
import {
  clientProblems,
  clientShape,
  furtherParameters,
  resolveClient,
  type ClientOptions,
  type ProviderOptions,
} from '../provider/options';
import type { RevocationList } from '../revocation/revocation-list';
import type { LoginRedis } from './session/login-redis';

/** Options of `login()`. */
export interface LoginOptions extends ClientOptions, Pick<AuthOptions, 'onEvent'> {
  /** The API's policy: its scopes are asked for, and its `lifetimes.session` ends every session. */
  readonly policy: Policy;
  /** The provider: its exact `iss`. @default the policy's issuer */
  readonly issuer?: string;
  /**
   * URL of this app's `/auth/callback`, as it is registered with the provider: https, http on loopback only. A path before
   * `/auth/callback` is the one that the app is mounted below; the other routes of the login are below it as well.
   */
  readonly redirectUri: string;
  /**
   * Secrets of 32 characters or more that seal the cookies. The first one seals; each of them can open. To replace the
   * first, append the new one on every instance, then put the new one first, and remove the old one after `idle`. A
   * function is called at each use, so that a changed key reaches a running service; if it returns anything but a list of
   * such secrets, the last good list stays in use.
   */
  readonly encryptionKeys: readonly string[] | (() => readonly string[]);
  /** Scopes to ask for, `openid` among them. @default openid and every scope of the policy */
  readonly scopes?: readonly string[];
  /**
   * The API that access tokens are for: the parameter `resource` (RFC 8707 §2). `false` leaves it out, for providers that
   * refuse it. @default the policy's audience
   */
  readonly resource?: string | false;
  /** More parameters of the authorization request: `prompt`, `organization`, `acr_values`, Auth0's `audience`. @default none */
  readonly parameters?: Readonly<Record<string, string>>;
  /**
   * The name of the parameter with the address that a browser returns to after the provider's logout, for providers that
   * do not follow OpenID Connect here: Cognito's is `logout_uri`. They are then sent this address and the `client_id`, and
   * no ID token.
   * @default 'post_logout_redirect_uri' (OpenID Connect RP-Initiated Logout 1.0 §2)
   */
  readonly logoutParameter?: string;
  /**
   * How long a session lasts after its tokens were last renewed, such as '30m'; `lifetimes.session` of the policy is the
   * most. @default '1h'
   */
  readonly idle?: Duration;
  /**
   * Redis, in which several instances share renewed sessions, and which keeps sessions that are too large for cookies
   * (11,400 characters, sealed). They are sealed there as well, and are removed when they end or somebody logs out.
   * @default none: for a single instance. A login or renewal fails if its session is too large
   */
  readonly redis?: LoginRedis;
  /**
   * The revocations to obey. Every request of a session is checked against them: one that was revoked, or whose person
   * logged out, is answered 401, and its cookie is cleared. Give `requireAuth()` the same list, for the tokens. Without it,
   * a copied cookie works after the logout until its access token expires, and longer if the provider does not revoke
   * refresh tokens.
   * @default nothing is ever revoked
   */
  readonly revocations?: RevocationList;
  /** Where tokens carry what no standard names a claim for. @default each field's own */
  readonly claims?: {
    /** The claim of access tokens that holds the organisation: the same as for `requireAuth()`. @default 'org_id' */
    readonly organisation?: ClaimPath;
  };
}

export interface ResolvedLogin {
  readonly policy: Policy;
  readonly provider: ProviderOptions;
  readonly redirectUri: URL;
  readonly encryptionKeys: () => readonly string[];
  readonly scope: string;
  /** The parameters of every token request that name the API. */
  readonly target: Readonly<Record<string, string>>;
  /** More parameters of the authorization request. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The parameter with the address to return to after a logout; undefined for OpenID Connect's own. */
  readonly logoutParameter: string | undefined;
  readonly limits: { readonly maxAgeMs: number; readonly idleMs: number };
  readonly redis: LoginRedis | undefined;
  readonly revocations: RevocationList | undefined;
  readonly organisationPath: readonly string[];
  readonly onEvent: OnAuthEvent;
}

const DEFAULT_IDLE = '1h';
const CALLBACK = '/auth/callback';

/** The path that the app is mounted below; empty if there is none. */
export function basePathOf(redirectUri: URL): string {
  return redirectUri.pathname.slice(0, -CALLBACK.length);
}

function isCallback(text: string): boolean {
  if (!isHttpsOrLoopback(text)) return false;
  const { origin, pathname } = new URL(text);
  return text === `${origin}${pathname}` && pathname.endsWith(CALLBACK) && !/\/\/|%/.test(pathname);
}

const encryptionKeys = z
  .array(z.string().min(32, 'expected 32 characters or more: less can be guessed'))
  .min(1, 'expected at least one key; make one with: openssl rand -base64 32');

/** What a function of the app's gives; undefined where it throws. */
function askedFor(give: () => unknown): unknown {
  try {
    return give();
  } catch {
    return undefined;
  }
}

/** The keys as they are now. What is no list of keys changes nothing. */
function currentKeys(given: LoginOptions['encryptionKeys']): () => readonly string[] {
  if (typeof given !== 'function') return () => given;
  let good: readonly string[] = given();
  return () => {
    const { success, data } = encryptionKeys.safeParse(askedFor(given));
    if (success) good = data;
    return good;
  };
}

/** What else a request for a logout says (OpenID Connect RP-Initiated Logout 1.0 §2). */
const LOGOUT = ['id_token_hint', 'logout_hint', 'client_id', 'state', 'ui_locales'];

const shape = z.strictObject({
  policy: definedPolicy,
  issuer: issuerUrl.optional(),
  ...clientShape,
  redirectUri: z
    .string()
    .refine(isCallback, 'expected the https address (http only on loopback) of /auth/callback at this app'),
  encryptionKeys: z.preprocess(
    (given) => (typeof given === 'function' ? askedFor(given as () => unknown) : given),
    encryptionKeys,
  ),
  scopes: z
    .array(scope)
    .refine((scopes) => scopes.includes('openid'), 'expected openid among them: nobody says who logged in')
    .optional(),
  resource: z
    .union([z.string().min(1), z.literal(false)], { error: 'expected the name of the API, or false' })
    .optional(),
  parameters: furtherParameters([
    ...['client_id', 'redirect_uri', 'response_type', 'response_mode', 'scope', 'resource', 'state', 'nonce'],
    ...['code_challenge', 'code_challenge_method', 'request', 'request_uri'],
  ]).optional(),
  logoutParameter: z
    .string()
    .regex(/^[a-z_]+$/, 'expected a name such as logout_uri')
    .refine((name) => !LOGOUT.includes(name), 'received the name of another parameter of a logout')
    .optional(),
  idle: durationSchema.optional(),
  redis: z
    .custom<LoginRedis>(
      (value) => typeof (value as LoginRedis | undefined)?.sendCommand === 'function',
      'expected a Redis client with sendCommand()',
    )
    .optional(),
  revocations: z
    .custom<RevocationList>(
      (value) => typeof (value as Partial<RevocationList> | undefined)?.sessionState === 'function',
      'expected what followRevocations() returns',
    )
    .optional(),
  claims: z.strictObject({ organisation: organisationPath.optional() }).optional(),
  onEvent: listener.optional(),
});

/** @throws AuthOptionsError with every problem at once, each with its path and remedy. */
export function resolveLogin(options: LoginOptions): ResolvedLogin {
  const problems = [
    ...(shape.safeParse(options).error?.issues.map(toProblem) ?? []),
    ...crossChecks(options),
  ];
  if (problems.length > 0) throw new AuthOptionsError(problems);

  const { policy, issuer = policy.issuer, scopes, resource = policy.audience, ...rest } = options;
  return {
    policy,
    provider: resolveClient(issuer, options),
    redirectUri: new URL(rest.redirectUri),
    encryptionKeys: currentKeys(rest.encryptionKeys),
    scope: (scopes ?? ['openid', ...scopesOf(policy)]).join(' '),
    target: resource === false ? {} : { resource },
    parameters: rest.parameters ?? {},
    logoutParameter: rest.logoutParameter,
    limits: { maxAgeMs: policy.lifetimes.sessionSeconds * 1_000, idleMs: idleSeconds(options) * 1_000 },
    redis: rest.redis,
    revocations: rest.revocations,
    organisationPath: namesIn(rest.claims?.organisation ?? DEFAULT_CLAIMS.organisation),
    onEvent: harmless(rest.onEvent),
  };
}

/** Checks what several options say together. */
function crossChecks(options: LoginOptions): Problem[] {
  const { policy, issuer, revocations } = options as Partial<LoginOptions>;
  const idle = idleSeconds(options);
  const { accessTokenSeconds: tokenLife = 0, sessionSeconds: longest = Infinity } = policy?.lifetimes ?? {};
  const followed: unknown = revocations?.issuers;
  return [
    ...clientProblems(options),
    ...(idle <= tokenLife
      ? [
          {
            path: 'idle',
            message: `expected more than an access token’s ${tokenLife} s: renewals tell who is there`,
          },
        ]
      : []),
    ...(idle > longest
      ? [{ path: 'idle', message: `expected no more than the policy’s lifetimes.session, ${longest} s` }]
      : []),
    ...(Array.isArray(followed) && !followed.includes(issuer ?? policy?.issuer)
      ? [{ path: 'revocations', message: 'does not follow the issuer: add it to its issuers' }]
      : []),
  ];
}

/** NaN for what is no duration: the schema has reported it, and NaN fails no comparison. */
function idleSeconds({ idle = DEFAULT_IDLE }: LoginOptions): number {
  return durationSeconds(idle) ?? NaN;
}

function scopesOf({ routes }: Policy): readonly string[] {
  return [...new Set(routes.flatMap(({ scopes }) => scopes))];
}
