import { createHash } from 'node:crypto';

/** Hexadecimal digits that tell apart two names which were cut. */
const DIGEST = 8;

/**
 * The parts joined by "-", in at most `longest` characters. What is longer is cut and ends in a digest of the whole, so that
 * two long names that begin alike stay two.
 *
 * @example
 * const role = nameWithin(64, 'orders', 'prod', 'task', 'eu-central-1'); // orders-prod-task-eu-central-1
 */
export function nameWithin(longest: number, ...parts: readonly string[]): string {
  const whole = parts.join('-');
  if (whole.length <= longest) return whole;
  const digest = createHash('sha256').update(whole).digest('hex').slice(0, DIGEST);
  return `${whole.slice(0, longest - DIGEST - 1).replace(/-+$/, '')}-${digest}`;
}
