import { PortcullisError } from '../../errors';

/** @param problem what is wrong with the report, as in `is empty`. */
export function unreadable(
  problem: string,
  remedy = "give ZAP's traditional JSON report (report_json.json)",
): PortcullisError {
  return new PortcullisError('ERR_REPORT_UNREADABLE', `the report ${problem}`, remedy);
}
