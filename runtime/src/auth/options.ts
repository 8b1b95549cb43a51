/** What the middlewares are told, and what each part must be. All of it is checked when they are made. */
import { z } from 'zod';
import { toProblem, type Problem } from '../policy/errors';
import { isHttpsOrLoopback } from '../policy/https-url';
import type { Policy } from '../policy';
import { AuthOptionsError } from './errors';
import { harmless, type OnAuthEvent } from './events';
import type { Revocations } from './revocation/revocations';
import { ALGORITHMS, type Algorithm } from './token/algorithms';
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

const DEFAULT_ALGORITHMS: readonly Algorithm[] = ['RS256', 'PS256', 'ES256', 'EdDSA'];
const DEFAULT_TOLERANCE_SECONDS = 5;
const DEFAULT_CACHE: CacheBounds = { entries: 10_000, bytes: 32 * 2 ** 20 };

const url = z.string().refine(isHttpsOrLoopback, {
  error: 'expected an https URL (http only on loopback): keys fetched in the clear can be anyone’s',
});

const issuerUrl = url.refine((text) => !/[?#]/.test(text), {
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

const audience = z.string().min(1, 'expected the name of this API: without it, tokens for other APIs pass');

const claimName = z.string().min(1, 'expected the name of a claim');

const bound = (most: number, unit: string) =>
  z
    .int('expected a whole number')
    .min(1, `expected at least 1 of ${unit}; cache: false remembers none`)
    .max(most, `expected at most ${most} ${unit}`)
    .optional();

const issuerShape = {
  issuer: issuerUrl,
  audience: z.union([audience, z.array(audience).min(1, 'expected at least one audience')], {
    error: 'expected the name of this API, or several: without one, tokens for other APIs pass',
  }),
  jwksUri: url.optional(),
  algorithms: z.array(algorithm).min(1, 'expected at least one algorithm').optional(),
  tokenType: z.enum(['at+jwt', 'any'], { error: "expected 'at+jwt' or 'any'" }).optional(),
  claims: z.strictObject({ organisation: claimName.optional(), tier: claimName.optional() }).optional(),
};

const issuerSchema = z.strictObject(issuerShape);

const shape = z.strictObject({
  ...z.strictObject(issuerShape).partial().shape,
  policy: z.custom<Policy>((value) => typeof (value as Policy | undefined)?.match === 'function', {
    error: 'expected what definePolicy() returns',
  }),
  issuers: z.array(issuerSchema).min(1, 'expected at least one issuer').optional(),
  toleranceSeconds: z
    .number()
    .min(0, 'expected 0 or more')
    .max(60, 'expected at most 60 s: clocks further apart need mending, not tolerance')
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
    .custom<Revocations>((value) => typeof (value as Revocations | undefined)?.revoked === 'function', {
      error: 'expected what followRevocations() returns',
    })
    .optional(),
  onEvent: z.custom<OnAuthEvent>((value) => typeof value === 'function', 'expected a function').optional(),
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
    onEvent: onEvent ? harmless(onEvent) : () => undefined,
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
function crossChecks(options: AuthOptions): Problem[] {
  const { issuers } = options;
  if (!Array.isArray(issuers)) return [];
  const single = Object.keys(issuerShape).filter(
    (name) => options[name as keyof IssuerOptions] !== undefined,
  );
  const listed = (issuers as readonly Partial<IssuerOptions>[]).map((entry) => entry.issuer);
  return [
    ...single.map((path) => ({ path, message: 'received together with issuers: move it into the list' })),
    ...listed.flatMap((issuer, index) =>
      listed.indexOf(issuer) < index
        ? [{ path: `issuers[${index}].issuer`, message: 'appears twice; merge the two entries' }]
        : [],
    ),
  ];
}
