import { ANONYMOUS_TIER, limitKeyName, type Limit } from '@portcullis/runtime/policy';
import type { Remark } from '../../grade';
import { duration } from '../attribute-judges';
import type { PolicyRecord } from './record';

/** A tier that admits more is weaker, and so is one that loses a window. */
export function compareTiers(was: PolicyRecord, will: PolicyRecord): Remark[] {
  const names = new Set([...Object.keys(was.tiers), ...Object.keys(will.tiers)]);
  const tiers = [...names].flatMap((name): Remark[] => {
    const [before, after] = [was.tiers[name], will.tiers[name]];
    if (!before) return [{ grade: 'notice', sentence: `new tier ${name}: ${limits(after)}` }];
    if (!after && name === ANONYMOUS_TIER)
      return [{ grade: 'danger', sentence: `tier ${name} is gone: calls of public routes are not counted` }];
    if (!after)
      return [
        { grade: 'notice', sentence: `tier ${name} is gone; its clients count as ${will.defaultTier}` },
      ];
    const [from, to] = [limits(before), limits(after)];
    if (from === to) return [];
    // "1,000 → 5,000 a minute" where the window stays, both in full where it does not.
    const [, unit] = splitLimit(to);
    const [amount, sameUnit] = splitLimit(from);
    return [
      {
        grade: admitsMore(before, after) ? 'danger' : 'notice',
        sentence: `tier ${name}: ${unit === sameUnit ? amount : from} → ${to}`,
      },
    ];
  });
  return was.defaultTier === will.defaultTier
    ? tiers
    : [...tiers, { grade: 'notice', sentence: `default tier ${was.defaultTier} → ${will.defaultTier}` }];
}

/** A limit as a policy has it, or a record of one. */
interface StatedLimit {
  readonly limit: number;
  readonly windowSeconds: number;
  readonly by?: Limit['by'] | undefined;
  readonly shadow?: true | undefined;
}

/** What one limit counts by: the organisation where nothing is said. */
const keys = ({ by }: StatedLimit): string => limitKeyName(by);

/** Whether a window went, went into shadow, or has a higher limit. */
export function admitsMore(was: readonly StatedLimit[], will: readonly StatedLimit[]): boolean {
  return was.some((before) => {
    if (before.shadow) return false;
    const after = will.find(
      (window) => window.windowSeconds === before.windowSeconds && keys(window) === keys(before),
    );
    return after === undefined || after.shadow === true || after.limit > before.limit;
  });
}

/** Limits in words: `100 a minute, 20 a second by organisation/user (shadow)`. */
export function limits(windows: readonly StatedLimit[] = []): string {
  return windows
    .map((window) => {
      const { limit, windowSeconds, by, shadow } = window;
      const whose = by === undefined ? '' : ` by ${keys(window)}`;
      return `${limit.toLocaleString('en-US')} ${per(windowSeconds)}${whose}${shadow ? ' (shadow)' : ''}`;
    })
    .join(', ');
}

function per(seconds: number): string {
  const units: Readonly<Record<number, string>> = {
    1: 'a second',
    60: 'a minute',
    3600: 'an hour',
    86400: 'a day',
  };
  return units[seconds] ?? `in ${duration(seconds)}`;
}

function splitLimit(text: string): [amount: string, unit: string] {
  const at = text.indexOf(' ');
  return text.includes(', ') ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
