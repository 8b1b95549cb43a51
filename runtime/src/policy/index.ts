export { baseOf, isHeaderToken, shownAddress, vaultAddressProblem } from './address';
export { ANY_ORIGIN, EXPOSED_HEADERS, type Cors } from './cors';
export type { Duration } from './duration';
export { PolicyError, describeProblems, type Problem } from './errors';
export { enforced, limitKeyName, readLimit, type Limit, type LimitKey } from './limit';
export { isHttpsOrLoopback, isLoopback } from './loopback';
export { openApi, type OpenApiOptions, type OperationDetails } from './open-api';
export { definePolicy, type Policy, type Route } from './policy';
export { ANONYMOUS_TIER, type PolicyInput } from './schema';
