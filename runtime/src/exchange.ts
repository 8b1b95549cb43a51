import * as http from 'node:http';
import * as https from 'node:https';
import { mayBeProxied } from './proxied';
import { proxying } from './proxy-agent';
import { readBounded } from './read-bounded';

export interface ExchangeOptions extends Pick<http.RequestOptions, 'agent' | 'signal'> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** PEM of the authorities to trust instead of the system's. */
  readonly ca?: string;
  /** How long it may take, from connecting to the last byte of the answer, in milliseconds. */
  readonly withinMs: number;
  /** The longest answer that is read, in bytes. */
  readonly largest: number;
}

export interface Exchanged {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/**
 * One request and its whole answer, by Node's own client, or through the proxy that the environment names. It follows no
 * redirect. Not `fetch()`: that reads answers of any length, on Node 20 and 22 its time-out is lost once garbage was
 * collected, and loading it delays every start.
 *
 * @throws Error with Node's `code` of a failed connection, or `CONNECT_TIMEOUT`, `ANSWER_TIMEOUT`, `ANSWER_TOO_LONG`
 */
export function exchange(url: URL, options: ExchangeOptions): Promise<Exchanged> {
  return mayBeProxied(url.href) ? exchangeByProxy(url, options) : exchangeDirectly(url, options);
}

function exchangeDirectly(url: URL, options: ExchangeOptions): Promise<Exchanged> {
  const { body, withinMs, largest, ...request } = options;
  return new Promise((resolve, reject) => {
    const sent = (url.protocol === 'https:' ? https : http).request(url, request, (response) => {
      const { statusCode: status = 0, headers } = response;
      readBounded(response, largest, url.host).then((text) => resolve({ status, headers, text }), reject);
    });
    const tooLate = () => {
      const connected = sent.socket !== null && !sent.socket.connecting;
      sent.destroy(failure(connected ? 'ANSWER_TIMEOUT' : 'CONNECT_TIMEOUT', `longer than ${withinMs} ms`));
    };
    const bound = setTimeout(tooLate, withinMs);
    sent.on('close', () => clearTimeout(bound)).on('error', reject);
    sent.end(body);
  });
}

async function exchangeByProxy(url: URL, options: ExchangeOptions): Promise<Exchanged> {
  const { method, headers = {}, body = null, ca, signal, withinMs, largest } = options;
  const { undici, dispatcher } = await proxying(ca);
  const late = new AbortController();
  const tooLate = () => late.abort(failure('ANSWER_TIMEOUT', `longer than ${withinMs} ms`));
  const bound = setTimeout(tooLate, withinMs);
  try {
    const ended = signal ? AbortSignal.any([signal, late.signal]) : late.signal;
    const answer = await undici.request(url, { method, headers, body, dispatcher, signal: ended });
    const text = await readBounded(answer.body, largest, url.host);
    return { status: answer.statusCode, headers: answer.headers, text };
  } finally {
    clearTimeout(bound);
  }
}

function failure(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
