export {
  authorizerConfiguration,
  type AuthorizerConfiguration,
  type AuthorizerOptions,
} from './configuration';
export type { GatewayRoute } from './gateway-routes';
