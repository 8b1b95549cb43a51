import { RISKS } from '../report/report';
import type { Verdict } from '../verdict';

/** The verdict in one line, with counts only: fit for a log, a chat message, a check's title. */
export function headlineOf({ outcome, failOn, counts, coverage, findings }: Verdict): string {
  const failing = findings.filter(({ status }) => status === 'failing').length;
  const threshold = failOn === 'high' ? 'high risk' : `${failOn} risk or above`;
  const said = {
    passed: 'passed',
    failed: `failed: ${failing} ${failing === 1 ? 'alert' : 'alerts'} of ${threshold}`,
    blind: 'failed: the scan saw too little to be believed',
  }[outcome];
  return `${said} (${RISKS.map((risk) => `${counts[risk]} ${risk}`).join(', ')}; ${coverage.urls} URLs)`;
}
