/** The allow-list as the gate obeys it: what an entry accepts. */
import { allowListProblems, type AllowListEntry } from '@portcullis/constructs/github/allow-list';
import { PortcullisError } from '../errors';
import type { Alert } from './report/report';

export type { AllowListEntry };

/**
 * @param text a JSON list of entries.
 * @param today the day of the run (UTC), as in `2026-11-24`.
 * @throws PortcullisError `ERR_SETTING` with every problem: an entry has no reason, has ended, or ends too late.
 */
export function parseAllowList(text: string, today: string): AllowListEntry[] {
  const list = parseJson(text);
  const problems = allowListProblems(list, today);
  if (problems.length > 0) {
    throw new PortcullisError(
      'ERR_SETTING',
      [
        'the allow-list cannot be used',
        ...problems.map(({ path, message }) => `  ${path || '(root)'}: ${message}`),
      ].join('\n'),
      'mend these entries, or remove them',
    );
  }
  return list as AllowListEntry[];
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
