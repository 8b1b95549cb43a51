export { clientCredentials, type TokenSource } from './client-credentials/client-credentials';
export type { ClientCredentialsOptions } from './client-credentials/options';
export { answerTo } from './request/answer-to';
export type { AuthContext } from './context';
export { enforce } from './request/enforce';
export {
  AuthOptionsError,
  ForeignAuthError,
  KeysUnavailableError,
  RequestRefusedError,
  TokenError,
  type RefusalReason,
  type TokenLifetime,
} from './errors';
export type { AuthEvent, OnAuthEvent } from './events';
export type { LoginEvent, LoginFailure } from './login/events';
export type { LoginRedis } from './login/session/login-redis';
export { login, type LoginMiddleware } from './login/login';
export type { LoginOptions } from './login/options';
export type { AuthOptions, IssuerOptions, RevocationCheck } from './options';
export { ProviderRefusedError, ProviderUnavailableError } from './provider/errors';
export { optionalAuth, requireAuth, type AuthMiddleware } from './require-auth';
export { requireAnyScope, requireScope, requireTier } from './require-scope';
export { addRevocation, type AddRevocationOptions } from './revocation/add-revocation';
export { backChannelLogout, type BackChannelLogout } from './revocation/back-channel-logout';
export { RevocationInvalidError, RevocationNotStoredError } from './revocation/errors';
export { followRevocations } from './revocation/follow-revocations';
export type { BackChannelLogoutOptions, RevocationOptions } from './revocation/options';
export type { Revocation, RevocationList } from './revocation/revocation-list';
export type { Algorithm } from './keys/algorithms';
export { createVerifier, type CreateVerifierOptions, type VerifiedRequest, type Verifier } from './verifier';
