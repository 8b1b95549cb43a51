import type { ServerResponse } from 'node:http';
import type { Policy } from '../../policy';
import type { Decided } from '../decide/decider';
import type { Denial } from '../events';
import { outcomeName, type LimiterMetrics } from '../metrics';
import { setHeaders, setPolicyHeader, type Standing } from './headers';
import type { RefusalBody } from './refusal-body';
import type { Decision } from '../store/store';
import { limitedAnswer, refuseCall, secondsUntilFit, UNDECIDED } from './limited-answer';

/**
 * Tells client, metrics and log what was decided.
 *
 * @param route the path's pattern in the policy, never the path itself.
 * @returns where the client stands, if the call goes on; `'open'` where it goes on and nobody decided; nothing where
 * it has been answered.
 */
export type AnswerDecision = (
  res: ServerResponse,
  decided: Decided,
  route: string,
) => Standing | 'open' | undefined;

/** Who hears of decisions, and how refusals look. */
export interface AnswerParts {
  readonly policy: Policy;
  readonly metrics: Pick<LimiterMetrics, 'decided'>;
  /** Hears of calls that limits in shadow would have refused. */
  readonly told: (decided: Decided, route: string) => void;
  readonly denied: (denial: Denial) => void;
  readonly bodyOf: RefusalBody | undefined;
}

export function decisionAnswers({ policy, metrics, told, denied, bodyOf }: AnswerParts): AnswerDecision {
  return (res, decided, route) => {
    const { outcome, limits } = decided;
    metrics.decided(limits.name, route, outcomeName(outcome));
    told(decided, route);
    // A time-out of the app's answered while the store was asked: the call is charged, and goes no further.
    if (res.headersSent) return undefined;
    if (outcome === 'open' || outcome === 'closed') {
      setPolicyHeader(res, limits);
      if (outcome === 'open') return outcome;
      refuseCall(res, UNDECIDED, limits.name, bodyOf);
      return undefined;
    }
    const standing = setHeaders(res, limits, outcome);
    if (outcome.allowed) return standing;
    refuseCall(res, limitedAnswer(policy, decided, standing, outcome), limits.name, bodyOf);
    denied(denialOf(decided, standing, outcome, route));
    return undefined;
  };
}

/** A denial, as listeners are told of it. */
export function denialOf(
  { client, limits, cost }: Decided,
  { limit }: Standing,
  decision: Decision,
  route: string,
): Denial {
  const retryAfter = secondsUntilFit(decision);
  return { client, tier: limits.name, route, cost, limit, ...(retryAfter !== Infinity && { retryAfter }) };
}
