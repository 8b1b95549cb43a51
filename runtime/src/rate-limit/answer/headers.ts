/**
 * What a client is told of its limits: `X-RateLimit-*`, which everyone reads, and the fields `RateLimit` and
 * `RateLimit-Policy` of draft-ietf-httpapi-ratelimit-headers-10. This is the one place that names the revision; the
 * problem type in refusals.ts is of the same one.
 */
import type { ServerResponse } from 'node:http';
import { policyHeaderOf, type TierPlan } from '../decide/limit-plan';
import type { Decision } from '../store/store';

/** A client's place in the window that binds it most. */
export interface Standing {
  readonly limit: number;
  readonly remaining: number;
  /** Seconds until the whole limit is free again. */
  readonly resetSeconds: number;
  /** What follows the limits' names in this answer. */
  readonly suffix: string;
}

/**
 * Sets the headers of a decision and returns the client's standing in the tightest window. Where an earlier limiter of
 * this request left less, its `X-RateLimit-*` stay.
 */
export function setHeaders(res: ServerResponse, tier: TierPlan, decision: Decision): Standing {
  const suffix = setPolicyHeader(res, tier);
  let tightest: Standing | undefined;
  let fields = '';
  for (const { index, limit, name } of tier.limited) {
    const remaining = Math.max(0, (decision.limits[index] ?? limit) - (decision.used[index] ?? 0));
    const resetSeconds = Math.ceil((decision.resetMs[index] ?? 0) / 1_000);
    fields += `${fields && ', '}"${name}${suffix}";r=${remaining};t=${resetSeconds}`;
    if (tightest === undefined || remaining < tightest.remaining)
      tightest = { limit, remaining, resetSeconds, suffix };
  }
  // Every limit is in shadow: there is nothing to tell.
  if (tightest === undefined) return { limit: Infinity, remaining: Infinity, resetSeconds: 0, suffix };

  const others = res.getHeader('RateLimit');
  res.setHeader('RateLimit', others === undefined ? fields : `${String(others)}, ${fields}`);
  const before = res.getHeader('X-RateLimit-Remaining');
  if (before === undefined || tightest.remaining < Number(before)) {
    res.setHeader('X-RateLimit-Limit', tightest.limit);
    res.setHeader('X-RateLimit-Remaining', tightest.remaining);
    res.setHeader('X-RateLimit-Reset', Math.ceil(decision.nowMs / 1_000) + tightest.resetSeconds);
  }
  return tightest;
}

/**
 * Sets `RateLimit-Policy`, which alone is the header of an answer that nobody decided. It is a list (RFC 9651 §3.1) to
 * which each of several limiters adds its members; they are told apart by their names.
 *
 * @returns what follows the limits' names in this answer, because an earlier limiter has them already.
 */
export function setPolicyHeader(res: ServerResponse, tier: TierPlan): string {
  if (tier.limited.length === 0) return '';
  const before = res.getHeader('RateLimit-Policy');
  if (before === undefined) {
    res.setHeader('RateLimit-Policy', tier.policyHeader);
    return '';
  }
  const others = String(before);
  const isTaken = (suffix: string): boolean =>
    tier.limited.some(({ name }) => others.includes(`"${name}${suffix}"`));
  let suffix = '';
  for (let count = 2; isTaken(suffix); count += 1) suffix = `-${count}`;
  res.setHeader('RateLimit-Policy', `${others}, ${policyHeaderOf(tier.limited, suffix)}`);
  return suffix;
}
