/**
 * `definePolicy()` and what reads a policy, without Express: for stacks, and for tools.
 *
 * @module @portcullis/runtime/policy
 */
export { withCode } from '../coded-message';
export { baseOf, isHeaderToken, shownAddress, vaultAddressProblem } from './address';
export { ANY_ORIGIN, EXPOSED_HEADERS, type Cors } from './cors';
export type { Duration } from './duration';
export { PolicyError, describeProblems, toProblems, type Problem } from './errors';
export { expected, objectOf } from './expected';
export { enforced, limitKeyName, readLimit, type Limit, type LimitKey } from './limit';
export { isHttpsOrLoopback, isLoopback } from './loopback';
export { openApi, type OpenApiOptions, type OperationDetails } from './open-api';
export { definePolicy, type Policy, type Route } from './policy';
export { ANONYMOUS_TIER, type PolicyInput } from './schema';
export { visibleText } from './visible-text';
