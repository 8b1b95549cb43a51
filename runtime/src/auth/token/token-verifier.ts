import { systemClock, type Clock } from '../../time/clock';
import { unawaited } from '../../listener';
import type { AuthContext } from '../context';
import { TokenError } from '../errors';
import type { OnAuthEvent, UnusableClaim } from '../events';
import { fetchJson as fetchFromIssuer, type FetchJson } from '../keys/fetch-json';
import type { SigningKey } from '../keys/jwks';
import { KeySet, type Candidates } from '../keys/key-set';
import { jwksUriOf } from '../keys/jwks-uri';
import { SignatureChecks } from '../keys/signature-checks';
import type { Policy } from '../../policy';
import { isAlgorithm, type Algorithm } from '../keys/algorithms';
import { contextsOf, lastMoment, type ClaimRules } from './claims';
import { parseCompact, type UntrustedToken } from './compact';
import type { TokenCache, VerifiedToken } from './token-cache';
import { chosen, type ChooseOrganisation } from './chosen';
import { checkType } from './type';
import { tellUnusableClaims } from './unusable-claims';

/** Verifies access tokens. Holds the issuers' keys, and fetches them from the moment it is made. */
export interface TokenVerifier {
  /**
   * Verifies an access token: type (RFC 9068), signature (RFC 7515), claims (RFC 7519).
   *
   * @returns at once where the issuer's keys are at hand, as they nearly always are, unless other signatures are being
   * checked in this turn of the event loop; else a promise.
   * @param request what `chooseOrganisation` is asked with, where the token names several organisations.
   * @throws TokenError if the token is refused or was revoked. It is thrown, or the promise rejects with it.
   * @throws KeysUnavailableError if the issuer cannot be asked for its keys.
   */
  verify(token: string, request?: unknown): AuthContext | Promise<AuthContext>;
  /**
   * The caller of a token that was verified before, still counts and was not revoked; of one that names several
   * organisations, for the first of them.
   */
  known(token: string): AuthContext | undefined;
  /** Whether every issuer's keys are at hand, and whose are not. */
  readiness(): { readonly ready: boolean; readonly waitingFor: readonly string[] };
  /** Stops fetching keys in the background. */
  close(): void;
}

/** An issuer whose tokens are let in, and the rules for them. */
export interface TrustedIssuer {
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly jwksUri?: string;
  readonly discoveryUrl?: string;
  readonly algorithms: readonly Algorithm[];
  /** Whether `typ` has to say that a token is an access token. */
  readonly strictType: boolean;
  /** Which claim names the API, or the client that may call it. */
  readonly audienceClaim: 'aud' | 'client_id';
  /** Where the caller's organisation and tier are. */
  readonly organisationPath: readonly string[];
  readonly tierPath: readonly string[];
  /** Where the scopes are. @default `scope`, or else `scp` */
  readonly scopePaths?: readonly (readonly string[])[];
}

/** A trusted issuer, with its rules compiled and its keys at hand. */
interface Trust {
  readonly settings: TrustedIssuer;
  readonly rules: ClaimRules;
  readonly keys: KeySet;
}

/** What a verifier has to know. The policy may be plain JSON: the verifier calls none of its functions. */
export interface VerifierOptions {
  readonly issuers: readonly TrustedIssuer[];
  readonly toleranceSeconds: number;
  /** In characters. */
  readonly longestToken: number;
  readonly onEvent: OnAuthEvent;
  readonly chooseOrganisation?: ChooseOrganisation;
  readonly policy: Pick<Policy, 'tiers' | 'defaultTier' | 'lifetimes'>;
}

/** What a verifier works with. The cache is passed in, so that callers without one need not load its code. */
export interface VerifierParts {
  readonly clock?: Clock;
  readonly fetchJson?: FetchJson;
  readonly cache?: TokenCache | undefined;
  /** Whether a caller's token was revoked. Asked of tokens that were verified earlier, too. @default nobody's was */
  readonly isRevoked?: ((auth: AuthContext) => boolean) | undefined;
  /** Told of every verified token whose tier or organisation could not be used: for a counter. */
  readonly onUnusableClaim?: (unusable: UnusableClaim) => void;
}

export function makeVerifier(options: VerifierOptions, parts: VerifierParts = {}): TokenVerifier {
  const { clock = systemClock, fetchJson = fetchFromIssuer, cache, isRevoked, onUnusableClaim } = parts;
  const tell = tellUnusableClaims(options.onEvent, clock);
  const signatures = new SignatureChecks();
  const trusts = new Map(options.issuers.map((issuer) => [issuer.issuer, trust(issuer)]));

  function verify(token: string, request?: unknown): AuthContext | Promise<AuthContext> {
    const digest = cache?.digestOf(token) ?? '';
    const known = cache?.get(digest, clock.wall());
    if (known) return callerOf(known, request);

    const remember = (verified: VerifiedToken): AuthContext => {
      cache?.set(digest, token.length, verified);
      return callerOf(verified.contexts, request);
    };
    const verified = verifyAnew(token);
    return verified instanceof Promise ? verified.then(remember) : remember(verified);
  }

  /** Of the organisations of a good token, the one for which the request is, unless it was revoked meanwhile. */
  function callerOf(contexts: VerifiedToken['contexts'], request: unknown): AuthContext {
    const caller = chosen(contexts, options.chooseOrganisation, request);
    if (wasRevoked(caller)) throw new TokenError('revoked', 'the token was revoked');
    return caller;
  }

  /** Who answers may be the application. A promise refuses the token: nobody waits for it. */
  function wasRevoked(caller: AuthContext): boolean {
    const revoked: unknown = isRevoked?.(caller);
    if (!revoked) return false;
    unawaited(revoked);
    return true;
  }

  function verifyAnew(token: string): VerifiedToken | Promise<VerifiedToken> {
    const untrusted = parseCompact(token, options.longestToken);
    const issuer = trusts.get(untrusted.claims.iss as string);
    if (!issuer) throw new TokenError('unknown_issuer', 'iss is not a configured issuer');
    const algorithm = allowedAlgorithm(untrusted, issuer.settings);
    checkType(untrusted.type, untrusted.claims, issuer.settings.strictType);
    const known = issuer.keys.peek(untrusted.keyId, algorithm);
    if (known) return admit(untrusted, algorithm, known, issuer);
    return issuer.keys
      .find(untrusted.keyId, algorithm)
      .then((fetched) => admit(untrusted, algorithm, fetched, issuer));
  }

  function admit(
    untrusted: UntrustedToken,
    algorithm: Algorithm,
    candidates: Candidates,
    trusted: Trust,
  ): VerifiedToken | Promise<VerifiedToken> {
    const { signed, signature } = untrusted;
    const signer = signatures.signerOf(candidates, algorithm, signed, signature);
    return signer instanceof Promise
      ? signer.then((key) => judge(untrusted, key, trusted))
      : judge(untrusted, signer, trusted);
  }

  function judge(untrusted: UntrustedToken, key: SigningKey, { rules, keys }: Trust): VerifiedToken {
    const contexts = contextsOf(untrusted.claims, rules, clock.wall() / 1_000);
    const expiresAt = contexts[0]?.expiresAt ?? 0;
    return { contexts, endsAtMs: lastMoment(expiresAt, rules.toleranceSeconds) * 1_000, key, keys };
  }

  function trust(settings: TrustedIssuer): Trust {
    return {
      settings,
      rules: claimRules(settings, options, (unusable) => {
        onUnusableClaim?.(unusable);
        tell(unusable);
      }),
      keys: new KeySet({
        issuer: settings.issuer,
        locate: () => jwksUriOf(settings, fetchJson),
        fetchJson,
        clock,
        onEvent: options.onEvent,
        onWithdrawn: () => cache?.dropWithdrawn(),
      }),
    };
  }

  return {
    verify,
    known: (token) => {
      const caller = cache?.get(cache.digestOf(token), clock.wall())?.[0];
      return caller === undefined || wasRevoked(caller) ? undefined : caller;
    },
    readiness: () => {
      const waitingFor = [...trusts].filter(([, { keys }]) => !keys.usable).map(([issuer]) => issuer);
      return { ready: waitingFor.length === 0, waitingFor };
    },
    close: () => {
      for (const { keys } of trusts.values()) keys.close();
    },
  };
}

/** @throws TokenError if the algorithm that the token names is not one of those configured. */
export function allowedAlgorithm(
  { algorithm }: UntrustedToken,
  { algorithms }: Pick<TrustedIssuer, 'algorithms'>,
): Algorithm {
  // RFC 9864's name for what RFC 8037 calls EdDSA.
  const name = algorithm === 'Ed25519' ? 'EdDSA' : algorithm;
  if (isAlgorithm(name) && algorithms.includes(name)) return name;
  throw new TokenError('algorithm_not_allowed', 'alg is not one of those configured');
}

function claimRules(
  settings: TrustedIssuer,
  { policy, toleranceSeconds }: VerifierOptions,
  onUnusable: ClaimRules['onUnusable'],
): ClaimRules {
  return {
    ...settings,
    toleranceSeconds,
    longestLifetimeSeconds: policy.lifetimes.accessTokenSeconds,
    tiers: policy.tiers,
    defaultTier: policy.defaultTier,
    onUnusable,
  };
}
