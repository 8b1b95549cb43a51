import { SCRIPTS, type Attributes, type Change } from '../change';
import { isRecord, Veiled, type Value } from '../values';
import type { RuleChange, RuleValue } from './define-rules';

/** A change as rules see it: what the engine or its name calls a secret is not in it. */
export function viewOf({ address, type, action, before, after }: Change): RuleChange {
  return { address, type, action, before: attributesOf(before), after: attributesOf(after) };
}

function attributesOf(attributes: Attributes): RuleChange['before'] {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) => (name === SCRIPTS ? [] : [[name, shownTo(value)]])),
  );
}

function shownTo(value: Value): RuleValue {
  if (value instanceof Veiled) return { hidden: value.kind === 'unknown' ? 'unknown' : 'sensitive' };
  if (Array.isArray(value)) return (value as readonly Value[]).map(shownTo);
  if (!isRecord(value)) return value as RuleValue;
  return Object.fromEntries(Object.entries(value as Attributes).map(([name, part]) => [name, shownTo(part)]));
}
