export {
  clientCredentials,
  type ClientCredentialsOptions,
  type TokenSource,
} from './client-credentials/client-credentials';
export type { AuthContext } from './context';
export { enforce } from './enforce';
export { AuthOptionsError, KeysUnavailableError, TokenError, type RefusalReason } from './errors';
export type { AuthEvent, OnAuthEvent } from './events';
export type { LoginEvent, LoginFailure } from './login/events';
export type { HandoverRedis } from './login/session/handover';
export { login, type LoginMiddleware } from './login/login';
export type { LoginOptions } from './login/options';
export type { AuthOptions, IssuerOptions } from './options';
export { ProviderRefusedError, ProviderUnavailableError } from './provider/errors';
export { optionalAuth, requireAuth, type AuthMiddleware } from './require-auth';
export { requireAnyScope, requireScope, requireTier } from './require-scope';
export {
  backChannelLogout,
  type BackChannelLogout,
  type BackChannelLogoutOptions,
} from './revocation/back-channel-logout';
export { RevocationInvalidError, RevocationNotStoredError } from './revocation/errors';
export {
  followRevocations,
  type RevocationList,
  type RevocationOptions,
} from './revocation/follow-revocations';
export type { Revocation } from './revocation/denials';
export type { Revocations } from './revocation/revocations';
export type { Algorithm } from './keys/algorithms';
