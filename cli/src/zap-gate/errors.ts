/** Thrown when a report, an allow-list or an option cannot be used. The message names the remedy. */
export class ZapReportError extends Error {
  readonly code = 'ERR_ZAP_REPORT';
  override readonly name = 'ZapReportError';
}
