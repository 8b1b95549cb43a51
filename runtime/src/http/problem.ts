/** Refusals as problem details (RFC 9457), for clients that ask for them. */
import { STATUS_CODES } from 'node:http';

/** Members of a problem that are not those of the usual body. */
export interface ProblemMembers {
  /** @default about:blank: the status says it all */
  readonly type?: string;
  readonly title?: string;
  readonly [extension: string]: unknown;
}

export const PROBLEM = 'application/problem+json';
const JSON_TYPE = 'application/json';

/**
 * Whether a request asks for problem details: its `Accept` names them, and wants plain JSON no more than them (RFC 9110
 * §12.5.1). A wildcard does not ask.
 */
export function asksForProblem(accept: string | undefined): boolean {
  if (!accept?.toLowerCase().includes(PROBLEM)) return false;
  const wanted = weightOf(accept, PROBLEM);
  return wanted > 0 && wanted >= weightOf(accept, JSON_TYPE);
}

/** The weight of a media type that is named: 0 where it is not. */
function weightOf(accept: string, type: string): number {
  const weights = accept
    .toLowerCase()
    .split(',')
    .map((range) => range.split(';').map((part) => part.trim()))
    .filter(([name]) => name === type)
    .map(([, ...parameters]) => parameters.find((parameter) => parameter.startsWith('q=')))
    .map((weight) => (weight === undefined ? 1 : Number(weight.slice(2))));
  return Math.max(0, ...weights.filter((weight) => weight <= 1));
}

/** The problem that a refusal is. What clients know by `error` is there, too. */
export function problemOf(
  status: number,
  { message, ...rest }: { readonly message: string },
  members: ProblemMembers = {},
): object {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status],
    ...members,
    status,
    detail: message,
    ...rest,
  };
}
