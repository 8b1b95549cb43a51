import type { Clock } from '../../time/clock';
import type { OnAuthEvent, UnusableClaim } from '../events';

/** Often enough for somebody to see it, seldom enough for an API whose tokens name no organisation on purpose. */
const TOLD_EVERY_MS = 3_600_000;

/** Tells of each kind of unusable claim at once, then at most once an hour, with the number of tokens since. */
export function tellUnusableClaims(
  onEvent: OnAuthEvent,
  clock: Pick<Clock, 'monotonic'>,
): (unusable: UnusableClaim) => void {
  const kinds = new Map<string, { toldMs: number; tokens: number }>();
  return (unusable) => {
    const kind = JSON.stringify(unusable);
    const known = kinds.get(kind) ?? { toldMs: -Infinity, tokens: 0 };
    kinds.set(kind, known);
    known.tokens += 1;
    const nowMs = clock.monotonic();
    if (nowMs - known.toldMs < TOLD_EVERY_MS) return;
    onEvent({ type: 'claim_unusable', ...unusable, tokens: known.tokens });
    known.toldMs = nowMs;
    known.tokens = 0;
  };
}
