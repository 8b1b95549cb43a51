import type { Witness } from '../change';
import type { Held } from './held-to';

/** More moments than this make no witness that anybody would try. */
const MOST_MOMENTS = 2_000;
const MOST_CALLERS = 1_000_000;

/** Calls, of which the last is refused by the limits before and not by those after. */
export type MoreCalls = NonNullable<Witness['after']>;

/**
 * Calls that show that limits admit more than others did; nothing where there are none.
 *
 * For each limit of before: as many calls as it admits, of callers who share what it counts by and nothing else, made as
 * early as all other limits of both let them be, and then one more.
 */
export function moreCalls(was: readonly Held[], will: readonly Held[]): MoreCalls | undefined {
  const limits = was.filter(({ calls }) => calls !== Infinity);
  const found = limits.flatMap((limit) => {
    const others = [...was.filter((other) => other !== limit), ...will];
    const calls = callsBeyond(limit, others, will);
    return calls === undefined ? [] : [calls];
  });
  // The easiest to try first.
  return found.sort((a, b) => a.atSeconds - b.atSeconds || callsOf(a) - callsOf(b))[0];
}

function callsOf({ bursts }: MoreCalls): number {
  return bursts.reduce((sum, { callers, times }) => sum + callers * times, 0);
}

interface Made {
  readonly at: number;
  readonly calls: number;
}

function callsBeyond(limit: Held, others: readonly Held[], will: readonly Held[]): MoreCalls | undefined {
  const isShared = ({ keys }: Held): boolean => keys.every((key) => limit.keys.includes(key));
  const shared = others.filter(isShared);
  const [ownMost, mostShared] = [others.filter((other) => !isShared(other)), shared].map((some) =>
    Math.min(...some.map(({ calls }) => calls)),
  ) as [number, number];
  if (ownMost === 0 || mostShared === 0 || limit.calls === 0) return undefined;

  const made: Made[] = [];
  const bursts: { atSeconds: number; callers: number; times: number }[] = [];
  let left = limit.calls;
  let callers = 0;
  let at = 0;
  for (let moment = 0; moment < MOST_MOMENTS; moment += 1) {
    const room = Math.min(left, ...shared.map((one) => roomIn(one, made, at)));
    if (room > 0) {
      for (const burst of burstsOf(room, ownMost)) {
        bursts.push({ atSeconds: at, ...burst });
        callers += burst.callers;
      }
      made.push({ at, calls: room });
      left -= room;
    }
    if (callers > MOST_CALLERS) return undefined;
    if (left === 0) {
      // One more, of the last caller if their own limits still let them.
      const isLast = (bursts.at(-1)?.times ?? 0) < ownMost;
      const fits = will.filter(isShared).every((one) => roomIn(one, made, at) > 0);
      if (fits)
        return {
          bursts,
          atSeconds: at,
          sharing: limit.keys,
          from: isLast ? 'the last caller' : 'another caller',
        };
    }
    at = nextMoment(left === 0 ? will.filter(isShared) : shared, made, at);
    if (at >= limit.windowSeconds) return undefined;
  }
  return undefined;
}

/** What is free of a limit. It keeps calls by buckets of a 63rd of its window, so some count that much longer. */
function roomIn({ calls, windowSeconds }: Held, made: readonly Made[], at: number): number {
  const counting = made.filter((one) => at < freeAt(one.at, windowSeconds));
  return calls - counting.reduce((sum, one) => sum + one.calls, 0);
}

const freeAt = (at: number, windowSeconds: number): number => Math.ceil(at + (windowSeconds * 64) / 63) + 1;

/** When the next calls are free again. */
function nextMoment(limits: readonly Held[], made: readonly Made[], at: number): number {
  const full = limits.filter((one) => roomIn(one, made, at) <= 0);
  return Math.max(
    at + 1,
    ...full.map(({ windowSeconds }) =>
      Math.min(...made.map((one) => freeAt(one.at, windowSeconds)).filter((moment) => moment > at)),
    ),
  );
}

function burstsOf(calls: number, each: number): { callers: number; times: number }[] {
  if (calls <= each) return [{ callers: 1, times: calls }];
  const whole = Math.floor(calls / each);
  const rest = calls - whole * each;
  return [{ callers: whole, times: each }, ...(rest > 0 ? [{ callers: 1, times: rest }] : [])];
}
