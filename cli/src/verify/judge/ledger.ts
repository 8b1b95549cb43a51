/** What the answers of one counter said is left, and what they were charged, in the order in which they came. */
import type { StatedLimit } from '../policy/limits';
import { answerOf, type Exchange } from '../target/exchange';
import { limitHeadersOf, type Member } from './limit-headers';

export class Ledger {
  readonly #left = new Map<string, number>();
  readonly #charged: Exchange[] = [];

  /** What is left of a limit, as the latest call said that named it. */
  left(name: string): number | undefined {
    return this.#left.get(name);
  }

  note(exchange: Exchange): void {
    for (const { name, remaining } of membersOf(exchange))
      if (remaining !== undefined) this.#left.set(name, remaining);
    if (isCharged(exchange)) this.#charged.push(exchange);
  }

  /** What certainly was spent of a limit within its window before a call was decided. */
  spentBefore(exchange: Exchange, { windowSeconds, ofRoute }: StatedLimit): number {
    const from = exchange.receivedAt - windowSeconds * 1_000;
    return this.#charged
      .filter(({ sentAt, receivedAt }) => sentAt > from && receivedAt <= exchange.sentAt)
      .filter(({ probe }) => !ofRoute || probe.target === exchange.probe.target)
      .reduce((sum, { probe }) => sum + probe.cost, 0);
  }
}

/** Where it states what is left, the call was counted. */
function isCharged(exchange: Exchange): boolean {
  const answer = answerOf(exchange);
  return (
    exchange.probe.limits.length > 0 &&
    answer !== undefined &&
    answer.status < 400 &&
    answer.headers.ratelimit !== undefined
  );
}

/** The limits that an answer states. */
export function membersOf(exchange: Exchange): readonly Member[] {
  const answer = answerOf(exchange);
  const stated = answer && limitHeadersOf(answer);
  return typeof stated === 'object' ? stated.members : [];
}
