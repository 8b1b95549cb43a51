import type { Attributes, Change } from '../change';
import { isRecord, Veiled, type Value } from '../values';
import { redact } from './redact';
import { mayShow } from './shown-fields';

/** Shorter values stand in sentences by chance. Rules do not put them there: a test walks every one. */
const LONG_ENOUGH = 8;

/**
 * Makes sentences about a change fit to be shown: no value of a field that may not be shown is in them, and no part
 * that looks like a secret.
 */
export function sayable(change: Change): (sentence: string) => string {
  const shown = new Set<string>();
  const withheld = new Set<string>();
  for (const side of [change.before, change.after]) sort(change.type, side, shown, withheld);
  // The longest first: a value may be a part of another.
  const secret = [...withheld]
    // A part of what may be shown may be shown: an address of AWS has the region in it.
    .filter((text) => ![...shown].some((permitted) => permitted.includes(text)))
    .sort((one, other) => other.length - one.length);
  return (sentence) =>
    redact(
      secret.reduce(
        (said, text) => (said.includes(text) ? said.replaceAll(text, String(Veiled.WITHHELD)) : said),
        sentence,
      ),
    );
}

function sort(type: string, side: Attributes, shown: Set<string>, withheld: Set<string>): void {
  const visit = (path: string, value: Value): void => {
    if (Array.isArray(value)) for (const item of value as readonly Value[]) visit(path, item);
    else if (isRecord(value))
      for (const [name, part] of Object.entries(value)) visit(`${path}.${name}`, part);
    else if (typeof value === 'string' && value.length >= LONG_ENOUGH)
      (mayShow(type, path) ? shown : withheld).add(value);
  };
  for (const [name, value] of Object.entries(side)) visit(name, value);
}
