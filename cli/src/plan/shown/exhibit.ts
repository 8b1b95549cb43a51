import { isRecord, Veiled, type Value } from '../values';
import { shownPolicy } from '../content/iam/shown-policy';
import { looksLikeIamPolicy } from '../content/iam/statements';
import { redact, redactStatement } from './redact';
import { mayShow } from './shown-fields';

/**
 * A value as it may be shown: what its kind and field do not permit is withheld. Whether something is on or off, or not
 * there, is no secret; neither are the names in a map.
 *
 * @param path as in `redis.host`.
 */
export function exhibit(type: string, path: string, value: Value): Value {
  if (value === null || typeof value === 'boolean' || value instanceof Veiled) return value;
  if (Array.isArray(value)) return (value as readonly Value[]).map((item) => exhibit(type, path, item));
  if (isRecord(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, part]) => [name, exhibit(type, `${path}.${name}`, part)]),
    );
  }
  if (!mayShow(type, path)) return Veiled.WITHHELD;
  return typeof value === 'string' ? exhibitText(path, value) : value;
}

function exhibitText(path: string, text: string): Value {
  if (path.endsWith('_statements')) return redactStatement(text);
  if (!looksLikeIamPolicy(text)) return redact(text);
  const policy = shownPolicy(text);
  return policy === undefined ? Veiled.WITHHELD : redact(policy);
}
