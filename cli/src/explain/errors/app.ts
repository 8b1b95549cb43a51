import type {
  AuthOptionsError,
  CostFunctionError,
  ForeignAuthError,
  KeysUnavailableError,
  PolicyError,
  ProviderRefusedError,
  ProviderUnavailableError,
  RateLimitOptionsError,
  RequestRefusedError,
  RevocationInvalidError,
  RevocationNotStoredError,
  StoreUnavailableError,
  TokenError,
} from '@portcullis/runtime';
import type { ErrorGroup, Explanation } from './explanation';

type AppErrorCode = (
  | AuthOptionsError
  | CostFunctionError
  | ForeignAuthError
  | KeysUnavailableError
  | PolicyError
  | ProviderRefusedError
  | ProviderUnavailableError
  | RateLimitOptionsError
  | RequestRefusedError
  | RevocationInvalidError
  | RevocationNotStoredError
  | StoreUnavailableError
  | TokenError
)['code'];

/** Told by events, and thrown to nobody. */
type ToldCode = 'ERR_KEY_FUNCTION' | 'ERR_SESSION_TOO_LARGE' | 'ERR_SESSIONS_UNAVAILABLE';

const errors: Readonly<Record<AppErrorCode | ToldCode, Explanation>> = {
  ERR_POLICY_INVALID: {
    cause:
      '`definePolicy()` was given a policy with mistakes. The message lists all of them, each with its path; `problems` holds the same as data.',
    remedy: 'Mend what each line names: it says what was expected, with an example.',
  },
  ERR_AUTH_OPTIONS_INVALID: {
    cause:
      'An option of `requireAuth()`, `optionalAuth()`, `createVerifier()`, `login()`, `clientCredentials()`, `followRevocations()` or `backChannelLogout()` is missing or wrong; or `openid-client`, which `login()` and `clientCredentials()` need, is not installed. It is thrown when the middleware is made, never on a request.',
    remedy:
      'Mend each option that the message names, or install the package. An issuer is named with https; plain http is for loopback.',
  },
  ERR_FOREIGN_AUTH: {
    cause:
      'Another library set `req.auth` before `enforce()`, `requireScope()` or `rateLimit()` read it. Nothing in it says who is calling, so the call is not served.',
    remedy:
      "Mount `requireAuth()` before what reads it, and remove the other library or let it set another property: `expressjwt({ requestProperty: 'jwt' })`.",
  },
  ERR_REQUEST_REFUSED: {
    cause:
      'A request was refused that a verifier of `createVerifier()` was asked about: it brought no token or two, its path is read differently by servers, its caller lacks a scope, its route is not listed, or it is `sensitive` while it is not known what was revoked. `answer.body.error` says which.',
    remedy:
      'Give the error to `answerTo()`, and send its client the answer. [frameworks.md](frameworks.md) shows how.',
  },
  ERR_TOKEN_EXPIRED: {
    cause: 'The access token is past its `exp`. The client was answered 401 with `token_expired`.',
    remedy:
      "The client gets a new token with its refresh token. If fresh tokens are refused, compare this machine's clock with the provider's.",
  },
  ERR_TOKEN_INVALID: {
    cause:
      'The token was refused. `reason` says why: `bad_signature`, `wrong_audience`, `unknown_issuer`, `wrong_type`, `lifetime_too_long`, `revoked` and others. The client learns only `invalid_token`.',
    remedy:
      'Compare the token with the options of `requireAuth()` by its `reason`: `wrong_audience` with `audience`, `wrong_type` with `tokenType`, `lifetime_too_long` with `lifetimes.accessToken` of the policy. [identity-providers.md](identity-providers.md) says what each provider puts into its tokens.',
  },
  ERR_KEYS_UNAVAILABLE: {
    cause:
      "The issuer's signing keys cannot be had: it does not answer, or answers with no usable key, and none is kept that is still young enough. The client was answered 503 with `Retry-After`.",
    remedy:
      "See that this machine reaches the issuer's `jwks_uri`, that its certificate is trusted, and that its keys are of an algorithm that is allowed. The event `keys_unavailable` holds the cause.",
  },
  ERR_PROVIDER_UNAVAILABLE: {
    cause:
      'The identity provider does not answer, answers 5xx, or has not been found yet by its discovery document. Trying again may help; `retryAfterSeconds` says when.',
    remedy:
      'See that this machine reaches the issuer, and that `/.well-known/openid-configuration` below it is served.',
  },
  ERR_PROVIDER_REFUSED: {
    cause:
      'The identity provider refused what it was asked (`reason` is its OAuth error code), or its answer is not to be believed (`invalid_response`).',
    remedy:
      '`invalid_client`: mend the client ID or its secret. `invalid_grant`: the person logs in again. `invalid_scope`: ask for what the client is registered for. `invalid_response`: the message says what is not believed.',
  },
  ERR_SESSION_TOO_LARGE: {
    cause:
      'The session of a login does not fit into cookies, and `login()` was given no Redis to keep it in.',
    remedy: 'Give `login()` a `redis`, or have the provider put less into its tokens.',
  },
  ERR_SESSIONS_UNAVAILABLE: {
    cause:
      'The Redis that keeps sessions too large for cookies does not answer. Their people are answered 503.',
    remedy: 'Bring Redis back; the sessions in it are served again. Nobody has to log in anew.',
  },
  ERR_REVOCATION_INVALID: {
    cause: '`revoke()` was called with something that names no token, session, person or organisation.',
    remedy: 'Mend what each line of the message names. Nothing was revoked.',
  },
  ERR_REVOCATION_NOT_STORED: {
    cause:
      'The revocation holds on this instance, and Redis did not confirm it: other instances may not know of it.',
    remedy:
      'Revoke again to be told when Redis confirms it: doing so twice does no harm. This instance goes on trying while it runs.',
  },
  ERR_RATE_LIMIT_OPTIONS_INVALID: {
    cause:
      'An option of `rateLimit()`, `loginLimit()` or `watchOverrides()` is missing or wrong, or the Redis client would send a command twice. It is thrown when the limiter is made.',
    remedy: 'Mend each option that the message names; for a client it names the setting that helps.',
  },
  ERR_RATE_LIMIT_STORE: {
    cause:
      "The rate limiter's Redis does not decide: `failure` is `disconnected`, `timeout`, `resting` (the breaker keeps away from it) or `error`. Requests are decided by their route's `onStoreFailure`.",
    remedy:
      'Bring Redis back, and see that its user may run EVAL, EVALSHA and TIME on `portcullis:*`. `redisError` of the event `store_down` holds its own words, as `OOM` or `READONLY`.',
  },
  ERR_COST_FUNCTION: {
    cause:
      "A function of `rateLimit({ costs })` threw, or returned something that is no number of 0 or more. The call was charged its route's fixed cost.",
    remedy:
      'Let the function return a number for every request, promises excluded: nobody waits for a price.',
  },
  ERR_KEY_FUNCTION: {
    cause:
      'A function of `rateLimit({ keys })` threw, or gave something that is no text. The call was counted by its organisation.',
    remedy: 'Let the function return a text, or `undefined` where a request has none.',
  },
};

export const APP: ErrorGroup = {
  title: 'In the app',
  about: 'Of `@portcullis/runtime`: the policy, authentication, login, revocations, limits.',
  errors,
};
