/**
 * What a client is told of its limits: `X-RateLimit-*`, which everyone reads, and the fields of
 * draft-ietf-httpapi-ratelimit-headers, `RateLimit` and `RateLimit-Policy`.
 */
import type { Response } from 'express';
import type { TierPlan } from '../decide/limit-plan';
import type { Decision } from '../store/store';

/** A client's place in the window that binds it most. */
export interface Standing {
  readonly limit: number;
  readonly remaining: number;
  /** Seconds until the whole limit is free again. */
  readonly resetSeconds: number;
}

/**
 * Sets the headers of a decision and returns the client's standing in the tightest window. Where an earlier limiter of
 * this request left less, its `X-RateLimit-*` stay.
 */
export function setHeaders(res: Response, tier: TierPlan, decision: Decision): Standing {
  let tightest: Standing | undefined;
  let fields = '';
  for (const { index, limit, name } of tier.limited) {
    const remaining = Math.max(0, (decision.limits[index] ?? limit) - (decision.used[index] ?? 0));
    const resetSeconds = Math.ceil((decision.resetMs[index] ?? 0) / 1_000);
    fields += `${fields && ', '}"${name}";r=${remaining};t=${resetSeconds}`;
    if (tightest === undefined || remaining < tightest.remaining)
      tightest = { limit, remaining, resetSeconds };
  }
  if (tightest === undefined) throw new TypeError(`the tier ${tier.name} has no limit`);

  setPolicyHeader(res, tier);
  add(res, 'RateLimit', fields);
  const before = res.getHeader('X-RateLimit-Remaining');
  if (before === undefined || tightest.remaining < Number(before)) {
    res.setHeader('X-RateLimit-Limit', tightest.limit);
    res.setHeader('X-RateLimit-Remaining', tightest.remaining);
    res.setHeader('X-RateLimit-Reset', Math.ceil(decision.nowMs / 1_000) + tightest.resetSeconds);
  }
  return tightest;
}

/** Sets the header for an answer that nobody decided: the client's limits, without what remains of them. */
export function setPolicyHeader(res: Response, tier: TierPlan): void {
  add(res, 'RateLimit-Policy', tier.policyHeader);
}

/** Both fields are lists (RFC 9651 §3.1): each of several limiters adds its members. */
function add(res: Response, name: string, value: string): void {
  const before = res.getHeader(name);
  res.setHeader(name, before === undefined ? value : `${String(before)}, ${value}`);
}
