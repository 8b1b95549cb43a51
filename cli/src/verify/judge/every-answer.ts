/** What holds of every answer: it repeats no token, it has security headers, it tells nothing of the server. */
import type { CheckName } from '../checks';
import { answerOf, type Answer, type Exchange } from '../target/exchange';
import { isHttpApis } from './gateway';

export interface Remark {
  readonly check: CheckName;
  readonly sentence: string;
}

/** @param isTls whether the API is spoken to by https. */
export function remarksOn(exchange: Exchange, isTls: boolean): Remark[] {
  const answer = answerOf(exchange);
  if (answer === undefined) return [];
  const { headers } = answer;
  const when = (isSo: boolean, check: CheckName, sentence: string): Remark[] =>
    isSo ? [{ check, sentence }] : [];
  const echo = when(repeats(answer, exchange.secrets), 'echo', 'repeats the credentials that it was sent');
  // It can be given no header.
  if (isHttpApis(answer)) return echo;
  return [
    ...echo,
    ...when(
      headers['x-content-type-options']?.toLowerCase() !== 'nosniff' && hasBody(exchange, answer),
      'headers',
      'lacks X-Content-Type-Options: nosniff',
    ),
    ...when(headers['x-powered-by'] !== undefined, 'headers', 'names its framework in X-Powered-By'),
    ...when(/\d/.test(headers.server ?? ''), 'headers', 'names the version of its server in Server'),
    ...when(STACK.test(answer.body) && answer.status >= 400, 'headers', 'shows a stack trace'),
    ...when(
      isTls && !isForGood(headers['strict-transport-security']),
      'tls',
      'lacks Strict-Transport-Security for half a year or more',
    ),
  ];
}

/** Lines of a stack, also within JSON. */
const STACK = /(?:\n|\\n)\s+at [^\n]{1,300}:\d+:\d+/;

const HALF_A_YEAR = 15_552_000;

function isForGood(value: string | undefined): boolean {
  return Number(/\bmax-age="?(\d{1,12})/i.exec(value ?? '')?.[1] ?? 0) >= HALF_A_YEAR;
}

function hasBody({ probe }: Exchange, { status, body }: Answer): boolean {
  return probe.method !== 'HEAD' && body !== '' && status !== 204 && status !== 304;
}

function repeats({ headers, body }: Answer, secrets: readonly string[]): boolean {
  const told = [body, ...Object.values(headers)];
  return secrets.some((secret) => secret !== '' && told.some((text) => text.includes(secret)));
}
