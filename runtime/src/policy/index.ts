/**
 * `definePolicy()` and what reads a policy, without Express: for stacks, and for tools.
 *
 * @module @portcullis/runtime/policy
 */
import type * as Defining from './policy';
import type { Policy } from './policy';
import type { PolicyInput } from './schema';

export { withCode } from '../coded-message';
export { baseOf, isHeaderToken, shownAddress, vaultAddressProblem } from './address';
export { ANY_ORIGIN, EXPOSED_HEADERS, type Cors } from './cors';
export type { Duration } from './duration';
export { PolicyError, describeProblems, toProblems, type Problem } from './errors';
export { expected, objectOf } from './expected';
export { ANONYMOUS_TIER, enforced, limitKeyName, readLimit, type Limit, type LimitKey } from './limit';
export { isHttpsOrLoopback, isLoopback } from './loopback';
export { openApi, type OpenApiOptions, type OperationDetails } from './open-api';
export type { Policy, Route } from './policy';
export type { PolicyInput } from './schema';
export { visibleText } from './visible-text';

/**
 * Validates an API's security policy: the one value that the gateway, the app, Vault and the scanner obey.
 *
 * @throws PolicyError with every problem at once, each with its path.
 *
 * @example
 * const policy = definePolicy({
 *   name: 'fintech-api',
 *   issuer: 'https://auth.fintech.example.com',
 *   audience: 'https://api.fintech.example.com',
 *   tiers: { free: [{ limit: 100, window: '1m' }] },
 *   defaultTier: 'free',
 *   routes: [{ method: 'GET', path: '/api/transactions', scopes: ['read:transactions'] }],
 * });
 * policy.lifetimes.accessTokenSeconds; // 900
 * policy.match('HEAD', '/API/transactions/')?.scopes; // ['read:transactions']
 */
export function definePolicy(input: PolicyInput): Policy {
  // Loaded here, and zod with it: a command, and a stack without an API, take other things from here and wait for neither.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return (require('./policy') as typeof Defining).definePolicy(input);
}
