/**
 * What an authorizer is told. It is plain JSON, worked out when the authorizer is bundled, so that the code at the
 * gateway holds no validation and no router.
 */
import { resolveAuth, type AuthOptions } from '../auth/options';
import type { TrustedIssuer } from '../auth/token/token-verifier';
import type { Policy } from '../policy';
import { gatewayRoutes, type GatewayRoute } from './gateway-routes';

/** The options of `requireAuth()`, without those that need the app's process. Of a function only its presence counts. */
export type AuthorizerOptions = Omit<AuthOptions, 'cache' | 'revocations' | 'onEvent' | 'meterProvider'>;

export interface AuthorizerConfiguration {
  readonly issuers: readonly TrustedIssuer[];
  readonly toleranceSeconds: number;
  readonly longestToken: number;
  /** Whether the app chooses one of several organisations. The gateway lets such tokens in, and leaves that to the app. */
  readonly choosesOrganisation: boolean;
  readonly policy: Pick<Policy, 'tiers' | 'defaultTier' | 'lifetimes'>;
  readonly routes: readonly GatewayRoute[];
}

/**
 * @throws AuthOptionsError with every problem of the options at once.
 * @throws PolicyError with every route that a gateway cannot tell from others.
 */
export function authorizerConfiguration(options: AuthorizerOptions): AuthorizerConfiguration {
  const { issuers, toleranceSeconds, longestToken, chooseOrganisation, policy } = resolveAuth(options);
  const { tiers, defaultTier, lifetimes, routes } = policy;
  return {
    issuers,
    toleranceSeconds,
    longestToken,
    choosesOrganisation: chooseOrganisation !== undefined,
    policy: { tiers, defaultTier, lifetimes },
    routes: gatewayRoutes(routes),
  };
}
