/**
 * How a server says that it does not take a user any more: its password is wrong or has expired, or there is no such
 * role. Nothing was done for that user then, so the work may start again as another one.
 *
 * - PostgreSQL: 28P01 `invalid_password`, 28000 `invalid_authorization_specification` (appendix A of its manual).
 * - PgBouncer: 08P01 `protocol_violation` for whatever it refuses a client for (`disconnect_client()` in
 *   `src/objects.c`); `no such user` where its `auth_query` finds none, `SASL authentication failed` and `password
 *   authentication failed` where the password is another one (`src/client.c`). Where PostgreSQL refused PgBouncer, the
 *   clients that wait hear PostgreSQL's own words (`kill_pool_logins_server_error()` in `src/server.c`; with 08P01 up to
 *   version 1.18, with PostgreSQL's code later), and whoever comes soon after hears them as `cached error`.
 * - RDS Proxy: its documentation lists words without codes.
 *   https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.troubleshooting.html
 *
 * What SQL raises counts in no case, or whoever gives an application a wrong password could have its user replaced: it is an
 * ERROR, never FATAL. Words count only where the connection ends with them. Codes count in every language of a server
 * (`lc_messages`: FATAL is ВАЖНО), but not with ERROR, nor with a place in a function that raised them.
 */
const CODES = new Set(['28P01', '28000']);

const WORDS = [
  /\bno such user\b/i,
  /\bauthentication failed\b/i,
  /^auth failed$/i,
  /\brole ".*" (does not exist|is not permitted to log in)/,
  /\bRDS proxy has no credentials for the role\b/i,
  /\bpassword that was provided for the role .* is wrong/i,
];

/** Whether this error, of a query or of a connection, says so. */
export function isRefusal(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, severity, message, where } = error as Readonly<Record<string, unknown>>;
  if (CODES.has(String(code))) return severity !== 'ERROR' && where === undefined;
  return severity === 'FATAL' && typeof message === 'string' && WORDS.some((words) => words.test(message));
}
