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

/** One authorization server whose access tokens are accepted. */
export interface IssuerOptions {
  /** Its exact `iss` (RFC 8414 §2): an https URL, http on loopback only. */
  readonly issuer: string;
  /** What `aud` must name: this API, or one of several names it goes by (RFC 9068 §4). */
  readonly audience: string | readonly string[];
  /**
   * Which claim holds the audience. `'client_id'` is for providers whose access tokens name the client and no API, as
   * Amazon Cognito's do: `audience` then lists the clients that may call, and a token has to say `token_use: access`.
   * @default 'aud'
   */
  readonly audienceClaim?: 'aud' | 'client_id';
  /** URL of its key set (JWKS, RFC 7517 §5). @default as its discovery document says (OpenID Connect Discovery 1.0 §4) */
  readonly jwksUri?: string;
  /**
   * URL of its discovery document, for an issuer that does not publish it below its own URL, as Azure AD B2C.
   * @default `<issuer>/.well-known/openid-configuration`
   */
  readonly discoveryUrl?: string;
  /** Signature algorithms to accept (RFC 7518 §3.1, RFC 8037). @default RS256, PS256, ES256 and EdDSA */
  readonly algorithms?: readonly Algorithm[];
  /**
   * `'at+jwt'`: the header `typ` must say that the token is an access token (RFC 9068 §4). `'any'`: for providers whose
   * access tokens say `JWT` or nothing. Access tokens are then told by their claims, and ID tokens are still refused.
   * @default 'at+jwt'
   */
  readonly tokenType?: 'at+jwt' | 'any';
  /** Where tokens carry what no standard names a claim for. @default each field's own */
  readonly claims?: {
    /**
     * Where the caller's organisation is: the name of a claim, or a path into one. `['organization', '*']` takes the items
     * of a list, or the names in an object; if there are several, `chooseOrganisation` chooses one.
     * @default 'org_id'
     */
    readonly organisation?: ClaimPath;
    /**
     * Where the caller's tier is, written the same way. From a list, the item that is a tier of the policy is taken. A `'*'`
     * before the end of a path stands for the organisation: `['organization', '*', 'tier']`. A value that cannot be used
     * is reported by the event `claim_unusable`, and the policy's default tier applies.
     * @default 'tier'
     */
    readonly tier?: ClaimPath;
    /**
     * Where the scopes are. What is at every place counts: strings with spaces between scopes, or lists; a path that ends
     * with `'*'` takes the names in an object. `['scope', ['realm_access', 'roles']]` adds Keycloak's roles to the scopes.
     * @default ['scope'], or ['scp'] in tokens without it
     */
    readonly scopes?: readonly ClaimPath[];
  };
}

/** The deny-list that `requireAuth()` consults on every request. `followRevocations()` makes one. */
export interface RevocationCheck {
  /** Whether the caller's token was revoked. Answered from memory, also for tokens that were verified earlier. */
  revoked(auth: AuthContext): boolean;
  /** `false` while this instance may have missed a revocation that is older than a second. */
  readonly current: boolean;
}

/** Counts requests whose authentication failed. What `rateLimit()` returns is one. */
export interface AuthenticationLimiter {
  /**
   * Counts the request, then answers it: by `answer`, or with 429 if its network is over the limit.
   *
   * @param answer sends the 400 or 401 that the request would get otherwise.
   * @param expiredToken a token with which nothing is wrong but its age.
   */
  authenticationFailed(
    req: IncomingMessage,
    res: ServerResponse,
    answer: () => void,
    expiredToken?: string,
  ): Promise<void>;
}

/**
 * Options of `requireAuth()` and `optionalAuth()`. Those of {@link IssuerOptions} describe one issuer, by default the
 * policy's; `issuers` lists several instead.
 */
export interface AuthOptions extends Partial<IssuerOptions> {
  /** The API's policy, as `definePolicy()` returned it. */
  readonly policy: Policy;
  /** Several issuers. A token is checked by the rules of the one that its `iss` names. @default the policy's issuer */
  readonly issuers?: readonly IssuerOptions[];
  /**
   * Chooses the organisation that a caller acts for when the token names several, by the request's path or a header.
   * It has to return one of `organisations`; anything else, or an exception, refuses the request with 401.
   * @default a token that names several is refused
   */
  readonly chooseOrganisation?: (
    organisations: readonly string[],
    request: IncomingMessage,
  ) => string | undefined;
  /** How far apart the clocks of issuer and API may be, in seconds: 0 to 60. @default 5 */
  readonly toleranceSeconds?: number;
  /**
   * The longest access token that is verified, in characters. A longer one is refused with the reason `too_long`. Node
   * accepts 16 KB of headers unless it is started with `--max-http-header-size`; sessions of `login()` do not depend on
   * that.
   * @default 12,288: room for some 200 groups
   */
  readonly longestToken?: number;
  /**
   * How many verified tokens are remembered: at most `entries`, in about `bytes` of memory. `false` remembers none.
   * @default 10,000 tokens in 32 MiB
   */
  readonly cache?: false | Partial<CacheBounds>;
  /**
   * The revocations to obey, as `followRevocations()` returned them. Revoked tokens are refused. While the list is not
   * current, routes that the policy marks `sensitive` answer 503, and the others go on. @default nothing is ever revoked
   */
  readonly revocations?: RevocationCheck;
  /**
   * Counts requests whose authentication fails, by network: the app's `rateLimit()`, with `trustedProxies`. Those over
   * the limit get 429. Good tokens pass, however many are guessed on their network. @default they are not counted
   */
  readonly limiter?: AuthenticationLimiter;
  /** Called with what happens behind the answers, for logs and alarms; never with a token. @default not called */
  readonly onEvent?: OnAuthEvent;
  /** Where the metrics go. @default OpenTelemetry's global provider: register the SDK first */
  readonly meterProvider?: MeterProvider;
}

/** {@link AuthOptions} with the defaults filled in. */
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
/** The claims whose names are in no standard. */
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
