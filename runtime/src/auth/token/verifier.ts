import { systemClock, type Clock } from '../clock';
import type { AuthContext } from '../context';
import { TokenError } from '../errors';
import type { OnAuthEvent } from '../events';
import { fetchJson } from '../keys/fetch-json';
import type { SigningKey } from '../keys/jwks';
import { KeySet } from '../keys/key-set';
import { discoverJwksUri } from '../keys/locate';
import type { ResolvedIssuer, ResolvedOptions } from '../options';
import type { Policy } from '../../policy';
import { isAlgorithm, verifySignature, type Algorithm } from './algorithms';
import { contextOf, type ClaimRules } from './claims';
import { parseCompact, type UntrustedToken } from './compact';
import { checkType } from './type';

/** Tells whose an access token is. Holds the issuers' keys; one serves every middleware of an app. */
export interface TokenVerifier {
  /**
   * Verifies an access token: type (RFC 9068), signature (RFC 7515), claims (RFC 7519).
   *
   * @returns at once where the issuer's keys are at hand, as they nearly always are; else a promise.
   * @throws TokenError if it is not to be let in. Thrown, or the promise rejects with it.
   * @throws KeysUnavailableError if its issuer cannot be asked for its keys.
   */
  verify(token: string): AuthContext | Promise<AuthContext>;
  /** Whether every issuer's keys are at hand, and whose are not. */
  readiness(): { readonly ready: boolean; readonly waitingFor: readonly string[] };
  /** Stops fetching keys in the background. */
  close(): void;
}

/** An issuer at work. */
interface Trust {
  readonly settings: ResolvedIssuer;
  readonly rules: ClaimRules;
  readonly keys: KeySet;
}

export function makeVerifier(options: ResolvedOptions, clock: Clock = systemClock): TokenVerifier {
  const trusts = new Map(options.issuers.map((issuer) => [issuer.issuer, trust(issuer, options, clock)]));

  function verify(token: string): AuthContext | Promise<AuthContext> {
    const untrusted = parseCompact(token);
    const issuer = trusts.get(untrusted.claims.iss as string);
    if (!issuer) throw new TokenError('unknown_issuer', 'iss is not a configured issuer');
    const algorithm = allowedAlgorithm(untrusted, issuer.settings);
    checkType(untrusted.type, untrusted.claims, issuer.settings.strictType);
    const key = issuer.keys.peek(untrusted.keyId, algorithm);
    if (key) return admit(untrusted, algorithm, key, issuer);
    return issuer.keys
      .find(untrusted.keyId, algorithm)
      .then((fetched) => admit(untrusted, algorithm, fetched, issuer));
  }

  function admit(
    untrusted: UntrustedToken,
    algorithm: Algorithm,
    key: SigningKey,
    { rules }: Trust,
  ): AuthContext {
    if (!verifySignature(algorithm, key.key, untrusted.signed, untrusted.signature)) {
      throw new TokenError('bad_signature', 'the signature does not match');
    }
    return contextOf(untrusted.claims, rules, clock.now() / 1_000);
  }

  return {
    verify,
    readiness: () => {
      const waitingFor = [...trusts].filter(([, { keys }]) => !keys.usable).map(([issuer]) => issuer);
      return { ready: waitingFor.length === 0, waitingFor };
    },
    close: () => {
      for (const { keys } of trusts.values()) keys.close();
    },
  };
}

function allowedAlgorithm({ algorithm }: UntrustedToken, { algorithms }: ResolvedIssuer): Algorithm {
  // RFC 9864's name for what RFC 8037 calls EdDSA.
  const name = algorithm === 'Ed25519' ? 'EdDSA' : algorithm;
  if (isAlgorithm(name) && algorithms.includes(name)) return name;
  throw new TokenError('algorithm_not_allowed', 'alg is not one of those configured');
}

function trust(settings: ResolvedIssuer, options: ResolvedOptions, clock: Clock): Trust {
  const { issuer, jwksUri } = settings;
  return {
    settings,
    rules: {
      issuer,
      audiences: settings.audiences,
      toleranceSeconds: options.toleranceSeconds,
      longestLifetimeSeconds: options.policy.lifetimes.accessTokenSeconds,
      organisationClaim: settings.organisationClaim,
      tierClaim: settings.tierClaim,
      tierOf: tierReader(options.policy, issuer, options.onEvent),
    },
    keys: new KeySet({
      issuer,
      locate: () => (jwksUri === undefined ? discoverJwksUri(issuer, fetchJson) : Promise.resolve(jwksUri)),
      fetchJson,
      clock,
      onEvent: options.onEvent,
      onWithdrawn: () => undefined,
    }),
  };
}

function tierReader(
  { tiers, defaultTier }: Policy,
  issuer: string,
  onEvent: OnAuthEvent,
): ClaimRules['tierOf'] {
  return (claimed) => {
    if (typeof claimed === 'string' && Object.hasOwn(tiers, claimed)) return claimed;
    if (claimed !== undefined) onEvent({ type: 'unknown_tier', issuer, defaulted: defaultTier });
    return defaultTier;
  };
}
