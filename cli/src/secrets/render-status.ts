import type { SecretsStatus } from '@portcullis/runtime';
import { plain } from '../terminal/text';

const HEAD = ['', 'state', 'user', 'age', 'deadline', 'next', 'last error'];

/** One line for the token, one for each lease. */
export function renderStatus({ token, leases }: SecretsStatus): string {
  const rows = [
    HEAD,
    [
      'Vault token',
      token.valid ? 'valid' : 'none',
      '',
      '',
      inWords(token.deadlineInSeconds),
      `${token.nextAction} ${inWords(token.nextActionInSeconds)}`,
      token.lastErrorCode ?? '',
    ],
    ...leases.map((lease) => [
      `${lease.role} (${lease.source})`,
      lease.state,
      lease.user ?? '',
      lease.ageSeconds === undefined ? '' : length(lease.ageSeconds),
      inWords(lease.deadlineInSeconds),
      `${lease.nextAction} ${inWords(lease.nextActionInSeconds)}`,
      lease.lastErrorCode ?? '',
    ]),
  ].map((row) => row.map((cell) => plain(cell)));
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function inWords(seconds: number | undefined): string {
  if (seconds === undefined) return '';
  return seconds < 0 ? `${length(-seconds)} ago` : `in ${length(seconds)}`;
}

/** `42 s`, `3 min 20 s`, `11 h 5 min`. */
function length(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`;
}
