/**
 * What a browser makes of an answer, for a page of another origin. Fetch standard, "CORS check" and "CORS-preflight fetch".
 * https://fetch.spec.whatwg.org/#http-cors-protocol
 */

/** Names in lower case. */
export type AnswerHeaders = Readonly<Record<string, string | undefined>>;

export interface PageRequest {
  readonly origin: string;
  /** Whether cookies are sent along. */
  readonly credentials: boolean;
  readonly method: string;
  /** In lower case; none of them is one that every page may set. */
  readonly headers: readonly string[];
}

type Asking = Pick<PageRequest, 'origin' | 'credentials'>;

/** Whether the page may read the answer. */
export function mayRead(answer: AnswerHeaders, { origin, credentials }: Asking): boolean {
  const allowed = answer['access-control-allow-origin'];
  if (!credentials) return allowed === '*' || allowed === origin;
  return allowed === origin && answer['access-control-allow-credentials'] === 'true';
}

/** Whether, after this answer to its preflight, the page's request is sent. */
export function maySend(status: number, answer: AnswerHeaders, request: PageRequest): boolean {
  const { method, headers, credentials } = request;
  if (status < 200 || status > 299 || !mayRead(answer, request)) return false;
  const listed = (name: string): string[] => (answer[name] ?? '').split(',').map((one) => one.trim());
  const methods = listed('access-control-allow-methods');
  const names = listed('access-control-allow-headers').map((name) => name.toLowerCase());
  const any = (list: readonly string[]): boolean => !credentials && list.includes('*');
  return (
    (methods.includes(method) || any(methods) || ['GET', 'HEAD', 'POST'].includes(method)) &&
    headers.every((name) => names.includes(name) || (any(names) && name !== 'authorization'))
  );
}

/** Whether the page may read this header of an answer that it may read. */
export function exposes(answer: AnswerHeaders, name: string): boolean {
  return (answer['access-control-expose-headers'] ?? '').toLowerCase().split(/ *, */).includes(name);
}
