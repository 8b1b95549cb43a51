/**
 * What a change of one attribute means. A judge gets the attribute's values before and after. When the resource is
 * created, `before` is undefined, and the judge says what the new resource permits from the start.
 */
import type { Remark } from '../grade';
import { coverMuch } from '../content/cidr';
import { isNothing, isRecord, numberOf, same, show, type Value } from '../values';
import { weakened } from '../content/settings';

export type Judge = (before: Value | undefined, after: Value | undefined) => Remark | undefined;

const HOUR = 3_600;

/** What 0 seconds stand for: no limit, the default of somebody who has not been reviewed here, or none at all. */
type Zero = 'unlimited' | 'unset' | 'none';

/** A lifetime in seconds: longer is weaker, and so is one that goes. More than an hour is weak where nothing was said before. */
export function lifetime(label: string, zero: Zero = 'unset'): Judge {
  return (before, after) => {
    const given = isNothing(after) ? 0 : numberOf(after);
    const isLong = given > HOUR || Number.isNaN(given);
    if (before === undefined) {
      return isLong
        ? { grade: 'danger', sentence: `${label} is ${describeLifetime(after, zero)}, more than 1h` }
        : undefined;
    }
    const [was, will] = [secondsOf(before, zero), secondsOf(after, zero)];
    const wasUnsaid = was === Infinity && zero === 'unset';
    const sentence = `${label} ${describeLifetime(before, zero)} → ${describeLifetime(after, zero)}`;
    return { grade: will > was || (wasUnsaid && isLong) ? 'danger' : 'notice', sentence };
  };
}

/** A list of what is allowed: a longer one is weaker. `empty` says what an empty list allows. */
export function allowance(label: string, { empty = 'nothing' } = {}): Judge {
  return (before, after) => {
    const [was, will] = [itemsOf(before), itemsOf(after)];
    const gained = will.filter((item) => !was.includes(item));
    const lost = was.filter((item) => !will.includes(item));
    const wideOpen = gained.some(isWide) || coverMuch(will);
    if (before === undefined) {
      if (empty !== 'nothing' && will.length === 0)
        return { grade: 'danger', sentence: `${label}: ${empty}` };
      return wideOpen ? { grade: 'danger', sentence: `${label}: ${gained.join(', ')}` } : undefined;
    }
    if (empty !== 'nothing' && will.length === 0) {
      return { grade: 'danger', sentence: `${label} loses ${lost.join(', ')}: now ${empty}` };
    }
    const parts = [
      gained.length > 0 && `gains ${gained.join(', ')}`,
      lost.length > 0 && `loses ${lost.join(', ')}`,
    ].filter(Boolean);
    if (parts.length === 0) return undefined;
    const wider = gained.length > 0 && !(empty !== 'nothing' && was.length === 0);
    return { grade: wider ? 'danger' : 'notice', sentence: `${label} ${parts.join(' and ')}` };
  };
}

/** A switch that protects something only while it has the wanted value. */
export function mustBe(wanted: Value, right: string, wrong: string): Judge {
  return (before, after) => {
    // A switch that a provider may leave unset is a text: "true".
    if (same(after, wanted) || after === show(wanted)) {
      return before === undefined ? undefined : { grade: 'notice', sentence: right };
    }
    return { grade: 'danger', sentence: wrong };
  };
}

/** How often something can be used: 0 stands for without limit. */
export function uses(label: string): Judge {
  const count = (value: Value | undefined): number => {
    const number = numberOf(value);
    return number > 0 ? number : Infinity;
  };
  const say = (value: Value | undefined): string => (count(value) === Infinity ? 'unlimited' : show(value));
  return (before, after) => {
    if (before === undefined) {
      return count(after) === Infinity ? { grade: 'danger', sentence: `${label}: unlimited` } : undefined;
    }
    const grade = count(after) > count(before) ? 'danger' : 'notice';
    return { grade, sentence: `${label} ${say(before)} → ${say(after)}` };
  };
}

/** Judges that never remark on a new resource, whatever the value. */
const OF_CHANGES = new WeakSet<Judge>();

/** A judge of changes only: the value of a new resource needs no remark. */
export function ofChanges(judge: (before: Value, after: Value | undefined) => Remark | undefined): Judge {
  const silent: Judge = (before, after) => (before === undefined ? undefined : judge(before, after));
  OF_CHANGES.add(silent);
  return silent;
}

/** Worth reading, neither weaker nor stronger by itself. */
export function reviewed(label: string): Judge {
  const judge = openEnded(
    ofChanges((before, after) => ({
      grade: 'notice',
      sentence: `${label} ${show(before)} → ${show(after)}`,
    })),
  );
  SHOWING.add(judge);
  return judge;
}

/** As `reviewed()`, of values that may be secret: what changed is said, and by which names, but no value is. */
export function changed(label: string): Judge {
  return openEnded(
    ofChanges((before, after) => {
      const [was, will] = [entriesOf(before), entriesOf(after)];
      const names = [...new Set([...was.keys(), ...will.keys()])].filter(
        (name) => !same(was.get(name), will.get(name)),
      );
      const which = names.length > 0 ? ` (${names.sort().join(', ')})` : '';
      const weaker = weakened(was, will);
      return weaker === undefined
        ? { grade: 'notice', sentence: `${label} changes${which}` }
        : { grade: 'danger', sentence: `${label}: ${weaker}` };
    }),
  );
}

/** The members of a map, or of the maps inside of a block. */
function entriesOf(value: Value | undefined): Map<string, Value> {
  if (Array.isArray(value)) {
    return new Map((value as readonly Value[]).flatMap((item) => [...entriesOf(item)]));
  }
  if (!isRecord(value)) return new Map();
  return new Map(
    Object.entries(value as Readonly<Record<string, Value>>).flatMap(([name, part]): [string, Value][] =>
      isRecord(part) || (Array.isArray(part) && part.some(isRecord)) ? [...entriesOf(part)] : [[name, part]],
    ),
  );
}

/** Judges whose sentence shows both values, and whose grade depends on neither. */
const SHOWING = new WeakSet<Judge>();

export function showsValues(judge: Judge): boolean {
  return SHOWING.has(judge);
}

/** Judges that call every change a notice, so that its content has to be looked at too. */
const OPEN_ENDED = new WeakSet<Judge>();

function openEnded(judge: Judge): Judge {
  OPEN_ENDED.add(judge);
  return judge;
}

/** Whether a judge knows what the attribute is for, but not which of its values are weaker. */
export function isOpenEnded(judge: Judge): boolean {
  return OPEN_ENDED.has(judge);
}

/** Whether the judge could remark on a value that is known only after the apply. */
export function waitsForValue(judge: Judge, isNew: boolean): boolean {
  return judge !== harmless && !(isNew && OF_CHANGES.has(judge));
}

/** Somebody whose word is trusted: another one can let in anybody. */
export function trusted(label: string): Judge {
  return (before, after) => {
    if (before !== undefined) {
      return { grade: 'danger', sentence: `trusts another ${label}: ${show(before)} → ${show(after)}` };
    }
    return isNothing(after) ? undefined : { grade: 'notice', sentence: `trusts ${label} ${show(after)}` };
  };
}

/** A version whose change writes a write-only value again. */
export function rewritten(sentence: string): Judge {
  return (before, after) => ({
    grade: 'notice',
    sentence: `${sentence} (version ${show(before)} → ${show(after)})`,
  });
}

/** An attribute that protects nothing: its changes are never remarked on. */
export const harmless: Judge = () => undefined;

/** `90` → `1m30s`. */
export function duration(seconds: number): string {
  const parts = [
    [Math.floor(seconds / HOUR), 'h'],
    [Math.floor((seconds % HOUR) / 60), 'm'],
    [seconds % 60, 's'],
  ] as const;
  return parts.flatMap(([count, unit]) => (count > 0 ? [`${count}${unit}`] : [])).join('') || '0s';
}

/** The texts of a list, and of lists in it. */
export function itemsOf(value: Value | undefined): string[] {
  if (isNothing(value)) return [];
  return Array.isArray(value) ? (value as readonly Value[]).flatMap(itemsOf) : [show(value)];
}

/** Everyone, everything, everywhere. */
export function isWide(item: string): boolean {
  return item.includes('*') || /^(0\.0\.0\.0|::)\/0$/.test(item);
}

function secondsOf(value: Value | undefined, zero: Zero): number {
  const seconds = isNothing(value) ? 0 : numberOf(value);
  if (seconds > 0) return seconds;
  // Below 0 there is no tolerance. What is no number is the worst that it may be.
  return seconds < 0 || (seconds === 0 && zero === 'none') ? 0 : Infinity;
}

function describeLifetime(value: Value | undefined, zero: Zero): string {
  const seconds = isNothing(value) ? 0 : numberOf(value);
  if (Number.isNaN(seconds)) return show(value);
  return seconds > 0 ? duration(seconds) : zero;
}
