import { PortcullisError } from '../errors';

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * When limits end: a moment with its zone (RFC 3339), a time from now on, or `never`.
 *
 * @returns the moment as an entry keeps it; nothing where there is no end.
 * @throws PortcullisError `ERR_SETTING`
 */
export function endOf(text: string, nowMs: number): string | undefined {
  if (text === 'never') return undefined;
  const [, count, unit = ''] = /^([1-9]\d{0,4})([mhd])$/.exec(text) ?? [];
  const isMoment = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text);
  const endMs =
    count !== undefined ? nowMs + Number(count) * (UNITS[unit] ?? NaN) : isMoment ? Date.parse(text) : NaN;
  if (Number.isNaN(endMs)) {
    throw new PortcullisError(
      'ERR_SETTING',
      `--until ${JSON.stringify(text)} is no time`,
      'give a moment with its zone such as 2026-12-01T00:00:00Z, a time from now on such as 2h or 7d, or never',
    );
  }
  if (endMs <= nowMs) {
    throw new PortcullisError(
      'ERR_SETTING',
      `--until ${text} has passed already`,
      'give a later moment: nothing was written',
    );
  }
  return new Date(endMs).toISOString();
}
