/**
 * Findings that a team accepts for a while. An entry accepts one rule, on one part of the API, for a reason, until a
 * day that is at most a year away.
 */
import { z } from 'zod';
import { PortcullisError } from '../errors';
import type { Alert } from './report/report';

const MAX_DAYS = 366;
const DAY_MS = 86_400_000;

export interface AllowListEntry {
  /** The rule (`40012`) or one variant of it (`10038-1`). */
  readonly rule: string;
  /**
   * The findings' URL or the beginning of it, at a `/`. Accepts an alert only when the report lists all of
   * its places and all are under it; a systemic one, of which ZAP lists samples, takes an entry without.
   * @default anywhere
   */
  readonly url?: string | undefined;
  readonly reason: string;
  /** The last day on which it holds (UTC), as in `2026-12-31`. */
  readonly expires: string;
}

const entrySchema = z.strictObject({
  rule: z
    .string()
    .regex(/^\d{1,7}(-\d{1,3})?$/, 'expected the number of a ZAP rule, such as "10038" or "10038-1"'),
  url: z
    .url({ protocol: /^https?$/, error: 'expected an http or https URL' })
    .refine(
      (text) => !/[?#]/.test(text),
      'expected a URL without a query: findings are compared without theirs',
    )
    .optional(),
  reason: z.string().trim().min(20, 'expected a reason of at least 20 characters: who accepted it, and why'),
  expires: z.iso.date('expected a day such as "2026-12-31"'),
});

/**
 * @param text a JSON list of entries.
 * @param today the day of the run (UTC), as in `2026-11-24`.
 * @throws PortcullisError `ERR_SETTING` with every problem: an entry has no reason, has ended, or ends too late.
 */
export function parseAllowList(text: string, today: string): AllowListEntry[] {
  const parsed = z.array(entrySchema).safeParse(parseJson(text));
  if (!parsed.success) {
    throw refused(
      parsed.error.issues.map(({ path, message }) => `  ${path.join('.') || '(root)'}: ${message}`),
    );
  }
  const problems = parsed.data.flatMap((entry, index) => dateProblems(entry, index, today));
  if (problems.length > 0) throw refused(problems);
  return parsed.data;
}

function dateProblems({ rule, expires }: AllowListEntry, index: number, today: string): string[] {
  if (expires < today) {
    return [
      `  ${index}: rule ${rule} was accepted until ${expires}; mend the finding, or decide again and give a new day`,
    ];
  }
  if (Date.parse(expires) - Date.parse(today) > MAX_DAYS * DAY_MS) {
    return [`  ${index}: rule ${rule} would be accepted until ${expires}; give a day within a year`];
  }
  return [];
}

/** Whether an entry accepts *every* place of an alert. An alert whose places are not all listed takes an entry without `url`. */
export function accepts(entry: AllowListEntry, alert: Alert): boolean {
  if (entry.rule !== alert.rule && entry.rule !== alert.variant) return false;
  const { url } = entry;
  if (url === undefined) return true;
  return (
    !alert.isPartial && alert.places.length > 0 && alert.places.every((place) => isUnder(place.url, url))
  );
}

function isUnder(url: string, start: string): boolean {
  if (!URL.canParse(url)) return false;
  // Parsed, so that dot segments (`/public/../admin`, `%2e%2e`) cannot lead out of the accepted part.
  const place = new URL(url).href.replace(/\/$/, '');
  const prefix = new URL(start).href.replace(/\/$/, '');
  return place === prefix || place.startsWith(`${prefix}/`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new PortcullisError(
      'ERR_SETTING',
      'the allow-list is not valid JSON',
      'give a list of { rule, url?, reason, expires }',
    );
  }
}

function refused(lines: readonly string[]): PortcullisError {
  return new PortcullisError(
    'ERR_SETTING',
    ['the allow-list cannot be used', ...lines].join('\n'),
    'mend these entries, or remove them',
  );
}
