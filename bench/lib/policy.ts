import { definePolicy, type Policy, type PolicyInput } from '@portcullis/runtime/policy';

export const AUDIENCE = 'https://api.fintech.example.com';
export const WINDOW_SECONDS = 60;
/** Life of an access token: a run takes longer than the 15 minutes of the example's policy. */
export const TOKEN_SECONDS = 12 * 3_600;
/** Of the tier `pro`: never reached. */
export const LIMIT = 1_000_000_000;
/** Of the tier `free`: reached by the first request. */
export const DENIED_LIMIT = 1;

const FREE: Tier = [{ limit: DENIED_LIMIT, window: `${WINDOW_SECONDS}s` }];
const PRO: Tier = [{ limit: LIMIT, window: `${WINDOW_SECONDS}s` }];

type Tier = PolicyInput['tiers'][string];

/** The policy of the one route that `app()` serves. */
export function benchPolicy(issuer: string, tiers: PolicyInput['tiers'] = { free: FREE, pro: PRO }): Policy {
  return definePolicy({
    name: 'bench',
    issuer,
    audience: AUDIENCE,
    tiers,
    defaultTier: 'free',
    routes: [{ method: 'GET', path: '/api/transactions', scopes: ['read:transactions'] }],
    lifetimes: { accessToken: `${TOKEN_SECONDS}s`, credential: '60m', rotateAt: '50m' },
  });
}

/** The same, counted by user within the organisation as well. */
export function nestedPolicy(issuer: string): Policy {
  const byUser = { limit: LIMIT, window: `${WINDOW_SECONDS}s`, by: 'user' } as const;
  return benchPolicy(issuer, { free: FREE, pro: [{ limit: LIMIT, window: `${WINDOW_SECONDS}s` }, byUser] });
}

/** The same, tried in shadow. */
export function shadowPolicy(issuer: string): Policy {
  const limits = [{ limit: LIMIT, window: `${WINDOW_SECONDS}s` }] as const;
  return benchPolicy(issuer, { free: FREE, pro: { limits: [...limits], shadow: true } });
}
