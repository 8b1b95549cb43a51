/**
 * What an authorizer is told, worked out when it is bundled: so that what runs at the gateway holds no validation
 * and no router. It is plain JSON.
 */
import { resolveAuth, type AuthOptions } from '../auth/options';
import type { TrustedIssuer } from '../auth/token/verifier';
import type { Policy } from '../policy';
import { gatewayRoutes, type GatewayRoute } from './gateway-routes';

/** As `requireAuth()` takes them; what only a living app can do is left out. */
export type AuthorizerOptions = Omit<AuthOptions, 'cache' | 'revocations' | 'onEvent'>;

export interface AuthorizerConfiguration {
  readonly issuers: readonly TrustedIssuer[];
  readonly toleranceSeconds: number;
  readonly policy: Pick<Policy, 'tiers' | 'defaultTier' | 'lifetimes'>;
  readonly routes: readonly GatewayRoute[];
}

/**
 * @throws AuthOptionsError with every problem of the options at once.
 * @throws PolicyError with every route that a gateway cannot tell from others.
 */
export function authorizerConfiguration(options: AuthorizerOptions): AuthorizerConfiguration {
  const { issuers, toleranceSeconds, policy } = resolveAuth(options);
  const { tiers, defaultTier, lifetimes, routes } = policy;
  return {
    issuers,
    toleranceSeconds,
    policy: { tiers, defaultTier, lifetimes },
    routes: gatewayRoutes(routes),
  };
}
