import coerce from 'semver/functions/coerce';
import gte from 'semver/functions/gte';

/**
 * Whether the first version in a text is at least `minimum`, of which parts may be missing (`1.11`). What follows the numbers
 * (`-dev`, `rc1`) does not count.
 */
export function isAtLeast(text: string, minimum: string): boolean {
  const [found, wanted] = [coerce(text), coerce(minimum)];
  return found !== null && wanted !== null && gte(found, wanted);
}
