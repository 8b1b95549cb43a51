import { received } from '../../policy/address';
import { SecretsError } from '../errors';

/**
 * The segments of a path in Vault, each encoded. `.` and `..` are refused, because URLs resolve them: the request would
 * reach another entry than the one that the path seems to name.
 *
 * @param what for messages: `KV path`, `role`.
 * @param fewest how many segments there have to be.
 * @param example of a good one.
 * @throws SecretsError `ERR_SECRETS_CONFIG`
 */
export function segmentsOf(path: unknown, what: string, fewest: number, example: string): string[] {
  const segments = typeof path === 'string' ? path.split('/').filter(Boolean) : [];
  const isGood = segments.length >= fewest && segments.every(isSegment);
  if (isGood) return segments.map(encodeURIComponent);
  throw new SecretsError(
    'ERR_SECRETS_CONFIG',
    `expected a ${what} as in ${example}, without "." and ".." in it, received ${received(path)}`,
  );
}

/** Half of a character outside of Unicode's first plane can stand in no URL. */
const isSegment = (segment: string): boolean => !/^\.{1,2}$|\p{Surrogate}/u.test(segment);
