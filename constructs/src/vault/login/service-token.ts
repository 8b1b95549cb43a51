import type { PolicyRule } from '../policy/policy-document';

/** Period of a service's tokens, in seconds, unless a login is told another one: the life of a credential. */
export const TOKEN_PERIOD_SECONDS = 3_600;

/** What every token has to do for itself. Vault's default policy allows more, so no token gets that one. */
export const OWN_TOKEN: readonly PolicyRule[] = [
  { path: 'auth/token/lookup-self', capabilities: ['read'], reason: 'is my token still valid' },
  { path: 'auth/token/renew-self', capabilities: ['update'], reason: 'keep my token alive' },
  { path: 'auth/token/revoke-self', capabilities: ['update'], reason: 'leave nothing behind at shutdown' },
];
