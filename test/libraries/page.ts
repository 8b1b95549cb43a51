import type { Outcome } from './application';
import type { Trial } from './trials';

/** A trial that has run. */
export interface Row {
  readonly trial: Trial;
  readonly versions: readonly string[];
  readonly outcome: Outcome;
}

const HEAD = `# Libraries over rotations

\`WRITE_LIBRARIES_PAGE=true npm run test:libraries\` wrote this page. Each library works in an application of its own, on a
real OpenBao, PostgreSQL, MariaDB, Redis and PgBouncer, while everything that is leased is replaced three times under load: four
workers commit, with pauses of some milliseconds, and four more are in transactions that are rolled back, in the middle
of one at each swap. PostgreSQL's users that are replaced are dropped with their sessions. In no row did any work fail, did anything
stay of what was rolled back, or was anything lost.

How each is given its credentials is in its program, in \`test/libraries/programs\`.
`;

/** The page about the trials that ran. */
export function pageOf(rows: readonly Row[]): string {
  const lines = rows.map(({ trial, versions, outcome }) => {
    const { committed, rolledBack, jobs, repeated } = outcome;
    const done =
      jobs === undefined
        ? count(committed)
        : `${count(jobs)} jobs${repeated ? `, ${repeated} done twice` : ''}`;
    return [trial.name, versions.join(', '), trial.given, done, jobs === undefined ? count(rolledBack) : '–'];
  });
  const head = ['library', 'version', 'given', 'committed', 'rolled back'];
  const table = [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`);
  return `${HEAD}\n${table.join('\n')}\n`;
}

const count = (number: number): string => number.toLocaleString('en');
