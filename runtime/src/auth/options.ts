/**
 * What `requireAuth()` and `optionalAuth()` are told: the options, their checks and defaults. All of it is checked
 * when the middleware is made. The parts that other functions take as well are exported.
 */
import { metrics, type MeterProvider } from '@opentelemetry/api';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { harmless } from '../listener';
import { toProblem, type Problem } from '../policy/errors';
import { definedPolicy, type Policy } from '../policy/policy';
import { isHttpsOrLoopback } from '../policy/loopback';
import type { AuthContext } from './context';
import { AuthOptionsError } from './errors';
import type { OnAuthEvent } from './events';
import { ALGORITHMS, type Algorithm } from './keys/algorithms';
import type { ChooseOrganisation } from './token/chosen';
import { EVERY, namesIn, type ClaimPath } from './claim-path';
import type { CacheBounds } from './token/token-cache';
import type { TrustedIssuer, VerifierOptions } from './token/token-verifier';

/** One authorization server whose access tokens are let in. */
export interface IssuerOptions {
  /** Its exact `iss`. */
  readonly issuer: string;
  /** What `aud` must name: this API, or one of several names it has. */
  readonly audience: string | readonly string[];
  /**
   * Which claim holds the audience. `'client_id'`, for providers whose access tokens name the client and no API: the
   * audience is then the clients that may call, and a token has to say `token_use: access`.
   * @default 'aud'
   */
  readonly audienceClaim?: 'aud' | 'client_id';
  /** Where its keys are. @default asked of the issuer (OpenID Connect Discovery 1.0) */
  readonly jwksUri?: string;
  /**
   * Where the issuer describes itself, where that is not below its name, as with Azure AD B2C.
   * @default `<issuer>/.well-known/openid-configuration`
   */
  readonly discoveryUrl?: string;
  /** Signature algorithms to accept. @default RS256, PS256, ES256 and EdDSA */
  readonly algorithms?: readonly Algorithm[];
  /**
   * `'at+jwt'`: a token must say that it is an access token (RFC 9068 §4). `'any'`: for providers whose
   * access tokens say `JWT` or nothing. Their claims then tell access tokens apart; ID tokens are still refused.
   * @default 'at+jwt'
   */
  readonly tokenType?: 'at+jwt' | 'any';
  readonly claims?: {
    /**
     * Where the organisation is: the name of a claim, or a path into one. `['organization', '*']` takes the items of a
     * list or the names of an object; of several, `chooseOrganisation` chooses.
     * @default 'org_id'
     */
    readonly organisation?: ClaimPath;
    /**
     * Where the tier is, likewise: of a list, the one that is a tier of the policy. `'*'` before the end of a path stands
     * for the organisation: `['organization', '*', 'tier']`. Where it cannot be used, the event `claim_unusable` tells.
     * @default 'tier'
     */
    readonly tier?: ClaimPath;
    /**
     * Where the scopes are, all of them together: texts with spaces, or lists; with `'*'` at its end, a path takes the names
     * of an object. `['scope', ['realm_access', 'roles']]` adds Keycloak's roles to the scopes.
     * @default ['scope'], or ['scp'] in tokens without it
     */
    readonly scopes?: readonly ClaimPath[];
  };
}

/** What `requireAuth()` asks of a deny-list on every request. `followRevocations()` makes one. */
export interface RevocationCheck {
  /** Whether the caller's token was revoked. Answered from memory, for tokens verified earlier too. */
  revoked(auth: AuthContext): boolean;
  /** `false` while this instance may have missed a revocation that is older than a second. */
  readonly current: boolean;
}

/** Who counts requests whose authentication failed. `rateLimit()` makes one. */
export interface AuthenticationLimiter {
  /**
   * Counts the request, and answers it: as told, or with 429.
   *
   * @param expiredToken a token with which nothing is wrong but its age.
   */
  authenticationFailed(
    req: IncomingMessage,
    res: ServerResponse,
    answer: () => void,
    expiredToken?: string,
  ): Promise<void>;
}

/** One issuer, by default the policy's; or, with `issuers`, several. */
export interface AuthOptions extends Partial<IssuerOptions> {
  readonly policy: Policy;
  /** Several issuers. A token is checked by the rules of the one that its `iss` names. @default the policy's issuer */
  readonly issuers?: readonly IssuerOptions[];
  /**
   * Chooses the organisation for which a caller acts whose token names several, by what the request says of it, in its
   * path or a header. It has to be one of them: anything else is refused, as is a throw.
   * @default a token that names several is refused
   */
  readonly chooseOrganisation?: (
    organisations: readonly string[],
    request: IncomingMessage,
  ) => string | undefined;
  /** How far the clocks of issuer and API may be apart, in seconds. @default 5 */
  readonly toleranceSeconds?: number;
  /**
   * The longest access token that is looked into, in characters. A longer one is refused (`too_long`). Node reads 16 KB
   * of headers unless it is started with `--max-http-header-size`; sessions of `login()` do not depend on that.
   * @default 12,288: some 200 groups
   */
  readonly longestToken?: number;
  /**
   * How many verified tokens are remembered: at most `entries`, in about `bytes` of memory. `false`: none.
   * @default 10,000 tokens in 32 MiB
   */
  readonly cache?: false | Partial<CacheBounds>;
  /**
   * What was revoked, as `followRevocations()` knows it. Revoked tokens are refused. While it is not current,
   * routes that the policy marks `sensitive` answer 503 and others go on. @default nothing is ever revoked
   */
  readonly revocations?: RevocationCheck;
  /**
   * Limits requests whose authentication fails by their network: the app's `rateLimit()`, with `trustedProxies`. Those
   * over the limit get 429. Good tokens pass, whoever else guesses on their network. @default nobody counts them
   */
  readonly limiter?: AuthenticationLimiter;
  /** Told of what happens behind the answers, never of a token. @default nobody is told */
  readonly onEvent?: OnAuthEvent;
  /** Where the metrics go. @default OpenTelemetry's global provider */
  readonly meterProvider?: MeterProvider;
}

/** The options of {@link AuthOptions}, with nothing left out. */
export interface ResolvedAuth extends VerifierOptions {
  readonly policy: Policy;
  readonly cache: CacheBounds | undefined;
  readonly revocations: RevocationCheck | undefined;
  readonly limiter: AuthenticationLimiter | undefined;
  readonly meterProvider: MeterProvider;
}

const DEFAULT_CACHE: CacheBounds = { entries: 10_000, bytes: 32 * 2 ** 20 };
export const DEFAULT_ALGORITHMS: readonly Algorithm[] = ['RS256', 'PS256', 'ES256', 'EdDSA'];
export const DEFAULT_TOLERANCE_SECONDS = 5;
export const DEFAULT_LONGEST_TOKEN = 12_288;
/** The claims that no standard names. */
export const DEFAULT_CLAIMS = { organisation: 'org_id', tier: 'tier' };

export const httpsUrl = z.string().refine(isHttpsOrLoopback, {
  error: 'expected an https URL (http only on loopback): keys fetched in the clear can be anyone’s',
});

export const issuerUrl = httpsUrl.refine((text) => !/[?#]/.test(text), {
  error: 'expected an issuer without query or fragment (RFC 8414 §2)',
});

const algorithm = z.string().superRefine((name, context) => {
  if ((ALGORITHMS as readonly string[]).includes(name)) return;
  const message =
    name.toLowerCase() === 'none'
      ? 'received none: a token without a signature is anyone’s; remove it'
      : /^HS\d+$/i.test(name)
        ? `received ${name}, a shared secret, which a published key set cannot hold; use RS256 or ES256`
        : `expected one of ${ALGORITHMS.join(', ')}`;
  context.addIssue({ code: 'custom', message });
});

export const algorithms = z.array(algorithm).min(1, 'expected at least one algorithm');

export const tolerance = z
  .number()
  .min(0, 'expected 0 or more')
  .max(60, 'expected at most 60 s: clocks further apart need mending, not tolerance');

export const listener = z.custom<OnAuthEvent>((value) => typeof value === 'function', 'expected a function');

const audience = z.string().min(1, 'expected the name of this API: without it, tokens for other APIs pass');

const claimName = z.string().min(1, 'expected the name of a claim');

/** A name, or the names that lead to a claim inside of others. */
const claimPath = (isFitting: (names: readonly string[]) => boolean, expected: string) =>
  z
    .union([claimName, z.array(claimName).min(1, 'expected at least one name')], {
      error: 'expected the name of a claim, or a list of names',
    })
    .refine((path) => isFitting(namesIn(path)), expected);

/** Several at once: the items of a list, or the names of an object. */
const pathOfSeveral = claimPath(
  (names) => !names.slice(0, -1).includes(EVERY) && names.join() !== EVERY,
  `expected '${EVERY}' at the end of a path, or nowhere`,
);
export const organisationPath = pathOfSeveral;

const tierPath = claimPath(
  (names) => names.slice(0, -1).filter((name) => name === EVERY).length < 2 && names[0] !== EVERY,
  `expected '${EVERY}' once for the organisation, and never first`,
);

const bound = (most: number, unit: string) =>
  z
    .number()
    .multipleOf(1, 'expected a whole number')
    .min(1, `expected at least 1 of ${unit}; cache: false remembers none`)
    .max(most, `expected at most ${most} ${unit}`)
    .optional();

const issuerShape = {
  issuer: issuerUrl,
  audience: z.union([audience, z.array(audience).min(1, 'expected at least one audience')], {
    error: 'expected the name of this API, or several: without one, tokens for other APIs pass',
  }),
  audienceClaim: z.enum(['aud', 'client_id'], { error: "expected 'aud' or 'client_id'" }).optional(),
  jwksUri: httpsUrl.optional(),
  discoveryUrl: httpsUrl.optional(),
  algorithms: algorithms.optional(),
  tokenType: z.enum(['at+jwt', 'any'], { error: "expected 'at+jwt' or 'any'" }).optional(),
  claims: z
    .strictObject({
      organisation: organisationPath.optional(),
      tier: tierPath.optional(),
      scopes: z.array(pathOfSeveral).min(1, 'expected at least one claim').optional(),
    })
    .optional(),
};

const shape = z.strictObject({
  ...z.strictObject(issuerShape).partial().shape,
  policy: definedPolicy,
  issuers: z.array(z.strictObject(issuerShape)).min(1, 'expected at least one issuer').optional(),
  chooseOrganisation: z
    .custom<ChooseOrganisation>((value) => typeof value === 'function', 'expected a function')
    .optional(),
  toleranceSeconds: tolerance.optional(),
  longestToken: z
    .int('expected a whole number of characters')
    .min(1_024, 'expected 1,024 characters or more: ordinary tokens have as many')
    .max(65_536, 'expected at most 65,536 characters: each is read on every request')
    .optional(),
  cache: z
    .union(
      [
        z.literal(false),
        z.strictObject({
          entries: bound(1_000_000, 'tokens'),
          bytes: bound(2 ** 30, 'bytes'),
        }),
      ],
      { error: 'expected false, or how many { entries, bytes } may be held' },
    )
    .optional(),
  revocations: z
    .custom<RevocationCheck>(
      (value) => typeof (value as RevocationCheck | undefined)?.revoked === 'function',
      { error: 'expected what followRevocations() returns' },
    )
    .optional(),
  limiter: z
    .custom<AuthenticationLimiter>(
      (value) => typeof (value as AuthenticationLimiter | undefined)?.authenticationFailed === 'function',
      { error: 'expected what rateLimit() returns' },
    )
    .optional(),
  onEvent: listener.optional(),
  meterProvider: z
    .custom<MeterProvider>(
      (value) => typeof (value as MeterProvider | undefined)?.getMeter === 'function',
      'expected a MeterProvider of OpenTelemetry',
    )
    .optional(),
});

/** @throws AuthOptionsError with every problem at once, each with its path and remedy. */
export function resolveAuth(
  options: AuthOptions,
  of: 'requireAuth()' | 'createVerifier()' = 'requireAuth()',
): ResolvedAuth {
  const parsed = shape.safeParse(options);
  const problems = [...(parsed.error?.issues.map(toProblem) ?? []), ...crossChecks(options)];
  if (of === 'createVerifier()' && (options as AuthOptions | undefined)?.limiter !== undefined) {
    problems.push({
      path: 'limiter',
      message: 'received a limiter, which createVerifier() never asks; call its consume() with the caller',
    });
  }
  if (problems.length > 0) throw new AuthOptionsError(problems);

  const {
    policy,
    issuers,
    chooseOrganisation,
    toleranceSeconds = DEFAULT_TOLERANCE_SECONDS,
    longestToken = DEFAULT_LONGEST_TOKEN,
    cache,
    revocations,
    limiter,
    onEvent,
    meterProvider = metrics,
    issuer = policy.issuer,
    audience: named = policy.audience,
    ...rest
  } = options;
  return {
    policy,
    issuers: (issuers ?? [{ ...rest, issuer, audience: named }]).map(resolveIssuer),
    ...(chooseOrganisation && { chooseOrganisation: chooseOrganisation as ChooseOrganisation }),
    toleranceSeconds,
    longestToken,
    cache: cache === false ? undefined : { ...DEFAULT_CACHE, ...cache },
    revocations,
    limiter,
    onEvent: harmless(onEvent),
    meterProvider,
  };
}

function resolveIssuer(options: IssuerOptions): TrustedIssuer {
  const { issuer, jwksUri, discoveryUrl, algorithms = DEFAULT_ALGORITHMS, tokenType = 'at+jwt' } = options;
  const {
    organisation = DEFAULT_CLAIMS.organisation,
    tier = DEFAULT_CLAIMS.tier,
    scopes,
  } = options.claims ?? {};
  return {
    issuer,
    audiences: typeof options.audience === 'string' ? [options.audience] : options.audience,
    ...(jwksUri !== undefined && { jwksUri }),
    ...(discoveryUrl !== undefined && { discoveryUrl }),
    algorithms,
    strictType: tokenType === 'at+jwt',
    audienceClaim: options.audienceClaim ?? 'aud',
    organisationPath: namesIn(organisation),
    tierPath: namesIn(tier),
    ...(scopes !== undefined && { scopePaths: scopes.map(namesIn) }),
  };
}

/** Checks what several options say together. */
function crossChecks(options: AuthOptions | null | undefined): Problem[] {
  const issuers: unknown = options?.issuers;
  if (!Array.isArray(issuers)) return [];
  const single = Object.keys(issuerShape).filter(
    (name) => options?.[name as keyof IssuerOptions] !== undefined,
  );
  const listed = issuers.map((entry: Partial<IssuerOptions> | null | undefined) => entry?.issuer);
  return [
    ...single.map((path) => ({ path, message: 'received together with issuers: move it into the list' })),
    ...listed.flatMap((issuer, index) =>
      issuer !== undefined && listed.indexOf(issuer) < index
        ? [{ path: `issuers[${index}].issuer`, message: 'appears twice; merge the two entries' }]
        : [],
    ),
  ];
}
