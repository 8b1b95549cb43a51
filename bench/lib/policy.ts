import { definePolicy, type Policy } from '@portcullis/runtime/policy';

export const AUDIENCE = 'https://api.fintech.example.com';
export const WINDOW_SECONDS = 60;
/** Life of an access token: a run takes longer than the 15 minutes of the example's policy. */
export const TOKEN_SECONDS = 12 * 3_600;
/** Of the tier `pro`: never reached. */
export const LIMIT = 1_000_000_000;
/** Of the tier `free`: reached by the first request. */
export const DENIED_LIMIT = 1;

/** The policy of the one route that `app()` serves. */
export function benchPolicy(issuer: string): Policy {
  return definePolicy({
    name: 'bench',
    issuer,
    audience: AUDIENCE,
    tiers: {
      free: [{ limit: DENIED_LIMIT, window: `${WINDOW_SECONDS}s` }],
      pro: [{ limit: LIMIT, window: `${WINDOW_SECONDS}s` }],
    },
    defaultTier: 'free',
    routes: [{ method: 'GET', path: '/api/transactions', scopes: ['read:transactions'] }],
    lifetimes: { accessToken: `${TOKEN_SECONDS}s`, credential: '60m', rotateAt: '50m' },
  });
}
