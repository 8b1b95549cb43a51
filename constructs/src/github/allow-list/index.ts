/**
 * Findings that a team accepts for a while, checked alike where they are written and where they are obeyed. Without
 * cdktf, since `portcullis zap-gate` reads this file as well.
 *
 * @module @portcullis/constructs/github/allow-list
 */
import { visibleText, type Problem } from '@portcullis/runtime/policy';

/** Accepts one rule, on one part of the API, for a reason, until a day. */
export interface AllowListEntry {
  /** ZAP's number of the rule (`40012`), or of one variant of it (`10038-1`). */
  readonly rule: string;
  /**
   * The findings' URL or the beginning of it, at a `/`. Accepts an alert only when the report lists all of
   * its places and all are under it; a systemic one, of which ZAP lists samples, takes an entry without.
   * @default anywhere
   */
  readonly url?: string;
  /** Who accepted it, and why: 20 characters or more. */
  readonly reason: string;
  /** The last day on which it holds (UTC), as in `2026-12-31`; 366 days ahead at most. */
  readonly expires: string;
}

const LONGEST_DAYS = 366;
const SHORTEST_REASON = 20;

/** What each field has to be, in words, and the test for it. */
const FIELDS: Readonly<
  Record<keyof AllowListEntry, readonly [what: string, is: (value: unknown) => boolean]>
> = {
  rule: [
    'the number of a ZAP rule, such as "10038" or "10038-1"',
    (value) => typeof value === 'string' && /^\d{1,7}(-\d{1,3})?$/.test(value),
  ],
  url: [
    'an http or https URL without query and fragment: findings are compared without theirs',
    (value) => value === undefined || (typeof value === 'string' && isPlainUrl(value)),
  ],
  reason: [
    `a reason of at least ${SHORTEST_REASON} characters: who accepted it, and why`,
    (value) => typeof value === 'string' && visibleText(value).length >= SHORTEST_REASON,
  ],
  expires: ['a day such as "2026-12-31"', (value) => typeof value === 'string' && isDay(value)],
};

/**
 * Everything that is wrong with a list.
 *
 * @param path how the list is called where it stands, as in `allowList`; empty for a file that is the list.
 * @param today the day on which it has to hold (UTC), as in `2026-11-24`.
 */
export function allowListProblems(list: unknown, today: string, path = ''): Problem[] {
  if (!Array.isArray(list)) {
    return [{ path, message: 'expected a list of { rule, url?, reason, expires }' }];
  }
  return list.flatMap((entry: unknown, index) => entryProblems(entry, `${path}[${index}]`, today));
}

function entryProblems(entry: unknown, path: string, today: string): Problem[] {
  if (typeof entry !== 'object' || entry === null) {
    return [{ path, message: `received ${shown(entry)}; expected { rule, url?, reason, expires }` }];
  }
  const fields = entry as Record<string, unknown>;
  const unknown = Object.keys(fields).filter((name) => !Object.hasOwn(FIELDS, name));
  const wrong = Object.entries(FIELDS).filter(([name, [, is]]) => !is(fields[name]));
  return [
    ...unknown.map((name) => ({
      path: `${path}.${name}`,
      message: `unknown; known are ${Object.keys(FIELDS).join(', ')}`,
    })),
    ...wrong.map(([name, [what]]) => ({
      path: `${path}.${name}`,
      message: `received ${shown(fields[name])}; expected ${what}`,
    })),
    ...(wrong.length === 0 ? dayProblems(entry as AllowListEntry, path, today) : []),
  ];
}

function dayProblems({ rule, expires }: AllowListEntry, path: string, today: string): Problem[] {
  const last = new Date(Date.parse(today) + LONGEST_DAYS * 86_400_000).toISOString().slice(0, 10);
  const at = `${path}.expires`;
  if (expires < today) {
    const message = `rule ${rule} was accepted until ${expires}; mend the finding, or decide again and give a new day`;
    return [{ path: at, message }];
  }
  return expires > last
    ? [{ path: at, message: `received ${expires}; expected a day within a year: ${last} at most` }]
    : [];
}

function isPlainUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && !/[?#]/.test(text);
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/** A text in the wrong field may be anything, and is cut. */
function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : `a value of type ${typeof value}`;
}
