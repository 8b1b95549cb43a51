/** Whether an answer states the limits of the policy, and whether what it says of them can be true. */
import type { StatedLimit } from '../policy/limits';
import { answerOf, type Exchange } from '../target/exchange';
import { membersOf, type Ledger } from './ledger';
import { limitHeadersOf, type LimitHeaders, type Member } from './limit-headers';

type LimitFinding =
  | { readonly outcome: 'verified' }
  | { readonly outcome: 'deviates' | 'unverified'; readonly sentence: string };

/** Clocks, and what passes between a decision and the answer. */
const SECONDS_OF_GRACE = 2;

/** A server that is busy may send a `Date` that it made a while ago. */
const DATE_GRACE = 10;

/** A window may be counted in steps, and is then as much longer. */
const STEP = 1.05;

/**
 * @param ledger of the exchanges before it, of the same counter.
 * @param following the exchanges just after it.
 */
export function judgeLimits(
  exchange: Exchange,
  ledger: Ledger,
  following: readonly Exchange[],
): LimitFinding {
  const { limits, cost } = exchange.probe;
  const answer = answerOf(exchange);
  if (answer === undefined) return unverified('there was no answer');
  const stated = limitHeadersOf(answer);
  if (stated === undefined) return deviates('states no limits at all');
  if (stated === 'unreadable') return deviates('states limits that cannot be read');

  const pairs = pairsOf(limits, stated.members);
  if (typeof pairs === 'string') return deviates(pairs);
  if (!stated.isDecided)
    return deviates(
      'states its limits and not what is left: nobody decided, its limiter is on its outage policy',
    );

  const { date } = answer.headers;
  // Of a limit of the client's own, the calls before it tell more: spending().
  const spentBefore = (limit: StatedLimit): number => (limit.isOwn ? 0 : ledger.spentBefore(exchange, limit));
  const wrong =
    pairs.map(({ limit, member }) => impossible(limit, member, cost, spentBefore(limit))).find(isSaid) ??
    legacyProblem(stated, pairs, date);
  return wrong === undefined ? spending(exchange, ledger, following, pairs) : deviates(wrong);
}

interface Pair {
  readonly limit: StatedLimit;
  readonly member: Member;
}

/** Each limit of the policy, as it is stated; or what is stated otherwise. */
function pairsOf(limits: readonly StatedLimit[], members: readonly Member[]): readonly Pair[] | string {
  const left = [...members];
  const pairs: Pair[] = [];
  for (const limit of limits) {
    const at = left.findIndex(
      (one) => one.quota === limit.quota && one.windowSeconds === limit.windowSeconds,
    );
    if (at === -1)
      return `states ${members.map(inWords).join(' and ') || 'nothing'} for its limits; the policy says ${limits.map(inWords).join(' and ')}`;
    pairs.push(...left.splice(at, 1).map((member) => ({ limit, member })));
  }
  return pairs;
}

const inWords = ({ quota, windowSeconds }: Pick<Member, 'quota' | 'windowSeconds'>): string =>
  `${quota} in ${windowSeconds} s`;

/** What cannot be, whoever else spends of the same limit. */
function impossible(
  { quota, windowSeconds }: StatedLimit,
  { remaining, resetSeconds }: Member,
  cost: number,
  before: number,
): string | undefined {
  if (remaining === undefined || resetSeconds === undefined)
    return `does not say what is left of ${quota} in ${windowSeconds} s, and until when`;
  if (remaining > quota - cost - before)
    return `says that ${remaining} of ${quota} are left, when this call cost ${cost} and those just before it ${before}`;
  if (resetSeconds > windowSeconds * STEP + SECONDS_OF_GRACE)
    return `says that the whole limit is free in ${resetSeconds} s, later than its window of ${windowSeconds} s`;
  if (resetSeconds === 0 && remaining < quota)
    return `says that its whole limit of ${quota} is free now, and that ${remaining} are left: its limiter decides by a share, as on its outage policy`;
  return undefined;
}

function legacyProblem(
  { limit, remaining, reset }: LimitHeaders,
  pairs: readonly Pair[],
  date: string | undefined,
): string | undefined {
  if (limit === undefined || remaining === undefined || reset === undefined)
    return 'lacks X-RateLimit-Limit, -Remaining or -Reset';
  const members = pairs.map(({ member }) => member);
  const least = Math.min(...members.map((member) => member.remaining ?? Infinity));
  if (remaining !== least)
    return `says in X-RateLimit-Remaining that ${remaining} are left, and in RateLimit ${least}`;
  const tightest = members.filter((member) => member.remaining === least);
  if (!tightest.some(({ quota }) => quota === limit))
    return `says ${limit} in X-RateLimit-Limit, and in RateLimit-Policy ${tightest.map(inWords).join(' and ')}`;
  const now = Date.parse(date ?? '') / 1_000;
  const isNear = tightest.some(
    ({ resetSeconds = 0 }) => Math.abs(reset - (now + resetSeconds)) <= DATE_GRACE,
  );
  // Without a Date there is no clock of theirs to compare with.
  return Number.isNaN(now) || isNear ? undefined : 'says another time in X-RateLimit-Reset than in RateLimit';
}

/**
 * A limit of the client's own falls by the cost of a call. Once it may fall otherwise: somebody else spends of it, an
 * instance holds a part of it, what was spent a window ago is free again. Three times alike, it is the price.
 */
function spending(
  exchange: Exchange,
  ledger: Ledger,
  following: readonly Exchange[],
  pairs: readonly Pair[],
): LimitFinding {
  const { cost } = exchange.probe;
  for (const { limit, member } of pairs.filter((pair) => pair.limit.isOwn)) {
    const { name, remaining = 0 } = member;
    const left = ledger.left(name);
    if (left === undefined && remaining < limit.quota - cost)
      return unverified(
        `says at the first call that ${remaining} of ${limit.quota} are left: somebody else spends of it, or an earlier run did`,
      );
    const calls = withRepeats(exchange);
    const falls = fallsOf(calls, name, left);
    const [first, ...others] = falls;
    const said = `takes ${falls.at(-1) ?? 0} from the limit; the policy says ${cost}`;
    if (first !== cost && others.length > 1 && others.every((one) => one === first)) return deviates(said);
    if (falls.at(-1) !== cost && !evensOut([...calls, ...following], name, left))
      return unverified(`${said}: somebody else may spend of it`);
  }
  return { outcome: 'verified' };
}

export const withRepeats = (exchange: Exchange): Exchange[] => [exchange, ...(exchange.again ?? [])];

/** What each call took, by what was left before it; its cost, where that was not said. */
function fallsOf(calls: readonly Exchange[], name: string, left: number | undefined): number[] {
  let before = left;
  return calls.map((call) => {
    const now = membersOf(call).find((one) => one.name === name)?.remaining;
    const fall = now === undefined || before === undefined ? call.probe.cost : before - now;
    before = now ?? before;
    return fall;
  });
}

/** Whether calls have together taken what they cost, at one of them: what an instance held is told as left again. */
function evensOut(calls: readonly Exchange[], name: string, left: number | undefined): boolean {
  let over = 0;
  return fallsOf(calls, name, left).some((fall, index) => {
    over += fall - (calls[index]?.probe.cost ?? 0);
    return over === 0;
  });
}

/** Whether a call took something else than it costs, by what is left after the ones before it. */
export function costsOtherwise(ledger: Ledger, now: Exchange): boolean {
  const { limits, cost } = now.probe;
  return (
    limits.some(({ isOwn }) => isOwn) &&
    membersOf(now).some(({ name }) => fallsOf([now], name, ledger.left(name))[0] !== cost)
  );
}

const deviates = (sentence: string): LimitFinding => ({ outcome: 'deviates', sentence });
const unverified = (sentence: string): LimitFinding => ({ outcome: 'unverified', sentence });
const isSaid = (text: string | undefined): text is string => text !== undefined;
