/** What `requireAuth()` and `createVerifier()` decide alike. Neither the request nor the answer is of any framework here. */
import type { ErrorAnswer } from '../../http/answer';
import type { Policy, Route } from '../../policy';
import { tokenRefusal, unavailable } from './challenge';
import { TokenError } from '../errors';
import { tokenRefused } from '../events';
import { authMetrics } from '../metrics';
import type { ResolvedAuth } from '../options';
import { fetchJsonOrProxied } from '../proxy';
import { TokenCache } from '../token/token-cache';
import { makeVerifier, type TokenVerifier } from '../token/token-verifier';

export interface Authentication extends TokenVerifier {
  readonly policy: Policy;
  /** Why no token will do for a sensitive route now: what was revoked is not known. */
  refusalNow(route: Route | undefined): ErrorAnswer | undefined;
  /** What `verify()` threw, as an answer; nothing for what is no refusal. Listeners hear of refused tokens. */
  refusalOf(error: unknown): ErrorAnswer | undefined;
}

export function makeAuthentication(options: ResolvedAuth): Authentication {
  const { policy, cache, revocations, meterProvider, onEvent } = options;
  const verifier = makeVerifier(options, {
    fetchJson: fetchJsonOrProxied,
    cache: cache && new TokenCache(cache),
    isRevoked: revocations && ((auth) => revocations.revoked(auth)),
    onUnusableClaim: authMetrics(meterProvider).claimUnusable,
  });
  return {
    ...verifier,
    policy,
    refusalNow: (route) =>
      route?.sensitive && revocations && !revocations.current ? unavailable(1) : undefined,
    refusalOf: (error) => {
      if (error instanceof TokenError) onEvent(tokenRefused(error));
      return tokenRefusal(error);
    },
  };
}
