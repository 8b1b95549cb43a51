/**
 * The Lambda authorizer of a gateway, which decides as the middleware does, and its configuration.
 *
 * @module @portcullis/runtime/authorizer
 */
export {
  authorizerConfiguration,
  type AuthorizerConfiguration,
  type AuthorizerOptions,
} from './configuration';
export type { GatewayRoute } from './gateway-routes';
