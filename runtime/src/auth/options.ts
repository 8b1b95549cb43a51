/** What the middlewares are told, and what each part must be. All of it is checked when they are made. */
import { z } from 'zod';
import { harmless } from '../listener';
import { toProblem, type Problem } from '../policy/errors';
import type { Policy } from '../policy';
import { DEFAULT_ALGORITHMS, DEFAULT_TOLERANCE_SECONDS } from './defaults';
import { AuthOptionsError } from './errors';
import type { OnAuthEvent } from './events';
import { algorithms, definedPolicy, httpsUrl, issuerUrl, listener, tolerance } from './option-schemas';
import type { Revocations } from './revocation/revocations';
import type { Algorithm } from './keys/algorithms';
import type { CacheBounds } from './token/token-cache';

/** One authorization server whose access tokens are let in. */
export interface IssuerOptions {
  /** Its exact `iss`. */
  readonly issuer: string;
  /** What `aud` must name: this API, or one of several names it has. */
  readonly audience: string | readonly string[];
  /** Where its keys are. @default asked of the issuer (OpenID Connect Discovery 1.0) */
  readonly jwksUri?: string;
  /** Signature algorithms to accept. @default RS256, PS256, ES256 and EdDSA */
  readonly algorithms?: readonly Algorithm[];
  /**
   * `'at+jwt'`: a token must say that it is an access token (RFC 9068 §4). `'any'`: for providers whose
   * access tokens say `JWT` or nothing; then the claims have to tell, and ID tokens are still refused.
   * @default 'at+jwt'
   */
  readonly tokenType?: 'at+jwt' | 'any';
  /** The names of the claims that hold the organisation and the tier. @default org_id and tier */
  readonly claims?: { readonly organisation?: string; readonly tier?: string };
}

/** One issuer, by default the policy's; or, with `issuers`, several. */
export interface AuthOptions extends Partial<IssuerOptions> {
  readonly policy: Policy;
  /** Several issuers. A token is checked by the rules of the one that its `iss` names. */
  readonly issuers?: readonly IssuerOptions[];
  /** How far the clocks of issuer and API may be apart, in seconds. @default 5 */
  readonly toleranceSeconds?: number;
  /**
   * How many verified tokens are remembered: at most `entries`, in about `bytes` of memory. `false`: none.
   * @default 10,000 tokens in 32 MiB
   */
  readonly cache?: false | Partial<CacheBounds>;
  /**
   * What was revoked, as `followRevocations()` knows it. Revoked tokens are refused; while it is not current,
   * routes that the policy marks `sensitive` answer 503 and others go on. @default nothing is ever revoked
   */
  readonly revocations?: Revocations;
  /** Told of refusals, keys and outages, never of a token. @default nothing is told */
  readonly onEvent?: OnAuthEvent;
}

/** An issuer's options, with nothing left out. */
export interface ResolvedIssuer {
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly jwksUri?: string;
  readonly algorithms: readonly Algorithm[];
  readonly strictType: boolean;
  readonly organisationClaim: string;
  readonly tierClaim: string;
}

export interface ResolvedOptions {
  readonly policy: Policy;
  readonly issuers: readonly ResolvedIssuer[];
  readonly toleranceSeconds: number;
  readonly cache: CacheBounds | undefined;
  readonly revocations: Revocations | undefined;
  readonly onEvent: OnAuthEvent;
}

const DEFAULT_CACHE: CacheBounds = { entries: 10_000, bytes: 32 * 2 ** 20 };

const audience = z.string().min(1, 'expected the name of this API: without it, tokens for other APIs pass');

const claimName = z.string().min(1, 'expected the name of a claim');

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
  jwksUri: httpsUrl.optional(),
  algorithms: algorithms.optional(),
  tokenType: z.enum(['at+jwt', 'any'], { error: "expected 'at+jwt' or 'any'" }).optional(),
  claims: z.strictObject({ organisation: claimName.optional(), tier: claimName.optional() }).optional(),
};

const issuerSchema = z.strictObject(issuerShape);

const shape = z.strictObject({
  ...z.strictObject(issuerShape).partial().shape,
  policy: definedPolicy,
  issuers: z.array(issuerSchema).min(1, 'expected at least one issuer').optional(),
  toleranceSeconds: tolerance.optional(),
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
    .custom<Revocations>((value) => typeof (value as Revocations | undefined)?.revoked === 'function', {
      error: 'expected what followRevocations() returns',
    })
    .optional(),
  onEvent: listener.optional(),
});

/** @throws AuthOptionsError with every problem at once, each with its path and remedy. */
export function resolveOptions(options: AuthOptions): ResolvedOptions {
  const parsed = shape.safeParse(options);
  const problems = [...(parsed.error?.issues.map(toProblem) ?? []), ...crossChecks(options)];
  if (problems.length > 0) throw new AuthOptionsError(problems);

  const {
    policy,
    issuers,
    toleranceSeconds,
    cache,
    revocations,
    onEvent,
    issuer,
    audience: named,
    ...rest
  } = options;
  const all = issuers ?? [{ ...rest, issuer: issuer ?? policy.issuer, audience: named ?? policy.audience }];
  return {
    policy,
    issuers: all.map(resolveIssuer),
    toleranceSeconds: toleranceSeconds ?? DEFAULT_TOLERANCE_SECONDS,
    cache: cache === false ? undefined : { ...DEFAULT_CACHE, ...cache },
    revocations,
    onEvent: harmless(onEvent),
  };
}

function resolveIssuer(options: IssuerOptions): ResolvedIssuer {
  const { issuer, jwksUri, algorithms, tokenType, claims } = options;
  return {
    issuer,
    audiences: typeof options.audience === 'string' ? [options.audience] : options.audience,
    ...(jwksUri !== undefined && { jwksUri }),
    algorithms: algorithms ?? DEFAULT_ALGORITHMS,
    strictType: tokenType !== 'any',
    organisationClaim: claims?.organisation ?? 'org_id',
    tierClaim: claims?.tier ?? 'tier',
  };
}

/** What can only be seen by looking at several options together. */
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
