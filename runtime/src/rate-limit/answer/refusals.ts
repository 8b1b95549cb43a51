import type { Request } from 'express';
import type { ServerResponse } from 'node:http';
import { refuse, refuseWith } from '../../http/answer';
import type { ProblemMembers } from '../../http/problem';
import type { Policy } from '../../policy';
import type { Decided } from '../decide/decider';
import type { Decision } from '../store/store';
import type { Standing } from './headers';
import type { Refusal, RefusalBody } from './refusal-body';

/** 429: this call does not fit now, or never will. Returns the seconds until it fits. */
export function refuseLimited(
  res: ServerResponse,
  policy: Policy,
  decided: Decided,
  standing: Standing,
  decision: Decision,
  bodyOf: RefusalBody | undefined,
): number | undefined {
  const { limit, remaining } = standing;
  const { cost, limits: tier } = decided;
  const members = quotaExceeded(decided, standing, decision);
  if (decision.retryAfterMs === Infinity) {
    const message = `This call costs ${cost}, more than the limit of ${limit}. It can never be admitted; ask for less.`;
    const body = { error: 'cost_exceeds_limit', message, limit, cost, tier: tier.name } as const;
    send(res, { status: 429, ...body }, {}, bodyOf, members);
    return undefined;
  }
  const retryAfter = secondsUntilFit(decision);
  const upgrade = tier.name === policy.defaultTier ? policy.upgradeUrl : undefined;
  const refusal: Refusal = {
    status: 429,
    error: 'rate_limit_exceeded',
    message: `Rate limit exceeded. Retry after ${retryAfter} seconds.`,
    limit,
    remaining,
    retryAfter,
    tier: tier.name,
    ...(upgrade !== undefined && { upgradeUrl: upgrade }),
  };
  send(res, refusal, { 'Retry-After': String(retryAfter) }, bodyOf, members);
  return retryAfter;
}

/** The problem type that the draft of the `RateLimit` fields registers (headers.ts names its revision). */
function quotaExceeded(
  { limits: tier, cost }: Decided,
  { suffix }: Standing,
  decision: Decision,
): ProblemMembers {
  const violated = tier.limited.filter(
    ({ index, limit }) => (decision.used[index] ?? 0) + cost > (decision.limits[index] ?? limit),
  );
  return {
    type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
    title: 'Request cannot be satisfied as assigned quota has been exceeded',
    'violated-policies': violated.map(({ name }) => `${name}${suffix}`),
  };
}

/** 429 for a login attempt. It does not tell what was counted. Returns the seconds until another attempt fits. */
export function refuseAttempt(res: ServerResponse, decision: Decision): number {
  const retryAfter = secondsUntilFit(decision);
  refuse(
    res,
    429,
    {
      error: 'rate_limit_exceeded',
      message: `Too many attempts. Retry after ${retryAfter} seconds.`,
      retryAfter,
    },
    { 'Retry-After': String(retryAfter) },
  );
  return retryAfter;
}

export function secondsUntilFit({ retryAfterMs }: Decision): number {
  return Math.max(1, Math.ceil(retryAfterMs / 1_000));
}

/** 503: the store does not answer, and this route is `closed` during an outage. */
export function refuseUndecided(res: ServerResponse, tier?: string, bodyOf?: RefusalBody): void {
  const message = 'The request cannot be rate limited at the moment. Retry shortly.';
  const headers = { 'Retry-After': '1' };
  if (tier === undefined || bodyOf === undefined)
    refuse(res, 503, { error: 'temporarily_unavailable', message }, headers);
  else
    send(
      res,
      { status: 503, error: 'temporarily_unavailable', message, tier, retryAfter: 1 },
      headers,
      bodyOf,
    );
}

/** With the owner's body where there is one. What cannot be sent as one is a warning, and the usual body is sent. */
function send(
  res: ServerResponse,
  refusal: Refusal,
  headers: Record<string, string>,
  bodyOf: RefusalBody | undefined,
  members?: ProblemMembers,
): void {
  const { status, ...body } = refusal;
  const own = bodyOf && ownBody(bodyOf, refusal, res.req as Request);
  if (own === undefined) refuse(res, status, body, headers, members);
  else refuseWith(res, status, own, headers);
}

function ownBody(bodyOf: RefusalBody, refusal: Refusal, req: Request): object | undefined {
  try {
    const body: unknown = bodyOf(refusal, req);
    // Nobody waits for a body: where it is a promise, its rejection has nobody to go to either.
    if (body instanceof Promise) body.catch(() => undefined);
    else if (typeof body === 'object' && body !== null) return JSON.parse(JSON.stringify(body)) as object;
    process.emitWarning('refusalBody gave no object: the usual body was sent');
  } catch (error) {
    process.emitWarning(`refusalBody failed: ${error instanceof Error ? error.message : 'with no error'}`);
  }
  return undefined;
}
