import { shown } from '../../core/props/checks';

/** The five fields of a cron expression, and the values that each may have. */
const FIELDS = [
  { name: 'minute', low: 0, high: 59, names: [] as string[] },
  { name: 'hour', low: 0, high: 23, names: [] },
  { name: 'day of the month', low: 1, high: 31, names: [] },
  {
    name: 'month',
    low: 1,
    high: 12,
    names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
  },
  { name: 'day of the week', low: 0, high: 6, names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] },
] as const;

/** GitHub starts no schedule more often. */
const SHORTEST_MINUTES = 5;

/**
 * What is wrong with a cron expression of a workflow's schedule: five fields of POSIX cron, no `@weekly`, no
 * seconds, never more often than every five minutes.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#schedule
 */
export function scheduleProblem(cron: string): string | undefined {
  const fields = cron.trim().split(/\s+/);
  if (fields.length !== FIELDS.length) {
    return `received ${shown(cron)}; expected five fields, as in "0 3 * * 1"`;
  }
  const wrong = FIELDS.find((field, index) => valuesOf(fields[index] ?? '', field) === undefined);
  if (wrong) return `received ${shown(cron)}, whose ${wrong.name} GitHub does not take`;
  const minutes = valuesOf(fields[0] ?? '', FIELDS[0]) ?? [];
  const gaps = minutes.map((minute, index) => (minutes[index + 1] ?? (minutes[0] ?? 0) + 60) - minute);
  return gaps.some((gap) => gap < SHORTEST_MINUTES)
    ? `received ${shown(cron)}, more often than every ${SHORTEST_MINUTES} minutes`
    : undefined;
}

/** The values that a field stands for, in order, or undefined if it is not a field. */
function valuesOf(text: string, { low, high, names }: (typeof FIELDS)[number]): number[] | undefined {
  const number = (part: string): number => {
    const named = (names as readonly string[]).indexOf(part.toUpperCase());
    return named >= 0 ? named + low : /^\d{1,2}$/.test(part) ? Number(part) : NaN;
  };
  const values = text.split(',').map((part) => {
    const [range = '', step, ...rest] = part.split('/');
    const [first = '', last, ...more] = range === '*' ? [String(low), String(high)] : range.split('-');
    const from = number(first);
    const to = last === undefined ? (step === undefined ? from : high) : number(last);
    const by = step === undefined ? 1 : /^[1-9]\d?$/.test(step) ? Number(step) : NaN;
    const wellFormed =
      rest.length === 0 && more.length === 0 && from >= low && to <= high && from <= to && by > 0;
    return wellFormed
      ? Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, index) => from + index * by)
      : undefined;
  });
  if (values.includes(undefined)) return undefined;
  return [...new Set(values.flatMap((list) => list ?? []))].sort((one, other) => one - other);
}
