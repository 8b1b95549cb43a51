/**
 * The limits of one organisation as its field in Vault's KV states them, with their end and their reason.
 *
 *     5000/1m until 2026-12-01T00:00:00Z # black friday
 */
export interface OverrideText {
  /** A tier, or limits. */
  readonly limits: string;
  /** When the organisation has its tier's limits again: ms since 1970. */
  readonly untilMs?: number;
  readonly reason?: string;
}

const LONGEST = 512;

/** RFC 3339 with a zone: without one, the end would be another one on each machine. */
const FIELD =
  /^\s*(?<limits>[^#]*?)(?:\s+until\s+(?<until>\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)))?\s*(?:#\s*(?<reason>.*?)\s*)?$/;

/** Reads a field; `undefined` when it is something else. */
export function readOverrideText(text: string): OverrideText | undefined {
  if (text.length > LONGEST) return undefined;
  const { limits, until, reason } = FIELD.exec(text)?.groups ?? {};
  if (limits === undefined || limits === '') return undefined;
  const untilMs = until === undefined ? undefined : Date.parse(until);
  if (Number.isNaN(untilMs)) return undefined;
  return { limits, ...(untilMs !== undefined && { untilMs }), ...(reason && { reason }) };
}
