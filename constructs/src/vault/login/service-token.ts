import type { PolicyRule } from '../policy/policy-document';

/** What every token has to do for itself. Vault's default policy allows more, so no token gets that one. */
export const OWN_TOKEN: readonly PolicyRule[] = [
  { path: 'auth/token/lookup-self', capabilities: ['read'], reason: 'is my token still valid' },
  { path: 'auth/token/renew-self', capabilities: ['update'], reason: 'keep my token alive' },
  { path: 'auth/token/revoke-self', capabilities: ['update'], reason: 'leave nothing behind at shutdown' },
];
