import type { Request } from '../../peer-types';
import type { ServerResponse } from 'node:http';
import { refuse, refuseWith, type ErrorAnswer } from '../../http/answer';
import type { ProblemMembers } from '../../http/problem';
import { unawaited } from '../../listener';
import type { Policy } from '../../policy';
import type { Decided } from '../decide/decider';
import type { Decision } from '../store/store';
import type { Standing } from './headers';
import type { Refusal, RefusalBody } from './refusal-body';

/** 429: this call does not fit now, or never will. */
export function limitedAnswer(
  policy: Policy,
  decided: Decided,
  standing: Standing,
  decision: Decision,
): ErrorAnswer {
  const { limit, remaining } = standing;
  const { cost, limits: tier } = decided;
  const members = quotaExceeded(decided, standing, decision);
  if (decision.retryAfterMs === Infinity) {
    const message = `This call costs ${cost}, more than the limit of ${limit}. It can never be admitted; ask for less.`;
    return {
      status: 429,
      body: { error: 'cost_exceeds_limit', message, limit, cost, tier: tier.name },
      members,
    };
  }
  const retryAfter = secondsUntilFit(decision);
  const upgrade = tier.name === policy.defaultTier ? policy.upgradeUrl : undefined;
  return {
    status: 429,
    body: {
      error: 'rate_limit_exceeded',
      message: `Rate limit exceeded. Retry after ${retryAfter} seconds.`,
      limit,
      remaining,
      retryAfter,
      tier: tier.name,
      ...(upgrade !== undefined && { upgradeUrl: upgrade }),
    },
    headers: { 'Retry-After': String(retryAfter) },
    members,
  };
}

/** 503: the store does not answer, and this route is `closed` during an outage. */
export const UNDECIDED: ErrorAnswer = {
  status: 503,
  body: {
    error: 'temporarily_unavailable',
    message: 'The request cannot be rate limited at the moment. Retry shortly.',
  },
  headers: { 'Retry-After': '1' },
};

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

/** 429 for a login attempt. It does not tell what was counted. */
export function attemptAnswer(retryAfter: number): ErrorAnswer {
  return {
    status: 429,
    body: {
      error: 'rate_limit_exceeded',
      message: `Too many attempts. Retry after ${retryAfter} seconds.`,
      retryAfter,
    },
    headers: { 'Retry-After': String(retryAfter) },
  };
}

export function secondsUntilFit({ retryAfterMs }: Decision): number {
  return Math.max(1, Math.ceil(retryAfterMs / 1_000));
}

/**
 * Refuses a call, with the owner's body where there is one. What cannot be sent as one is a warning, and the usual body
 * is sent.
 */
export function refuseCall(
  res: ServerResponse,
  answer: ErrorAnswer,
  tier: string,
  bodyOf: RefusalBody | undefined,
): void {
  const own = bodyOf && ownBody(bodyOf, refusalOf(answer, tier), res.req as Request);
  if (own === undefined) refuse(res, answer);
  else refuseWith(res, answer.status, own, answer.headers);
}

/** As the owner's function is told it. */
function refusalOf({ status, body }: ErrorAnswer, tier: string): Refusal {
  return { status, ...(status === 503 && { retryAfter: 1 }), ...body, tier } as Refusal;
}

function ownBody(bodyOf: RefusalBody, refusal: Refusal, req: Request): object | undefined {
  try {
    const body: unknown = bodyOf(refusal, req);
    if (body instanceof Promise) unawaited(body);
    else if (typeof body === 'object' && body !== null) return JSON.parse(JSON.stringify(body)) as object;
    process.emitWarning('refusalBody gave no object: the usual body was sent');
  } catch (error) {
    process.emitWarning(`refusalBody failed: ${error instanceof Error ? error.message : 'with no error'}`);
  }
  return undefined;
}
