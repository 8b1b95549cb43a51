import * as http from 'node:http';
import * as https from 'node:https';

export interface ExchangeOptions extends http.RequestOptions {
  readonly method: string;
  readonly body?: string | undefined;
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
 * One request and its whole answer, by Node's own client. It follows no redirect. Not `fetch()`: that reads answers of any
 * length, on Node 20 and 22 its time-out is lost once garbage was collected, and loading it delays every start.
 *
 * @throws Error with Node's `code` of a failed connection, or `CONNECT_TIMEOUT`, `ANSWER_TIMEOUT`, `ANSWER_TOO_LONG`
 */
export function exchange(url: URL, options: ExchangeOptions): Promise<Exchanged> {
  const { body, withinMs, largest, ...request } = options;
  return new Promise((resolve, reject) => {
    const sent = (url.protocol === 'https:' ? https : http).request(url, request, (response) => {
      const parts: Buffer[] = [];
      let size = 0;
      response.on('data', (part: Buffer) => {
        parts.push(part);
        size += part.length;
        if (size > largest) sent.destroy(failure('ANSWER_TOO_LONG', `more than ${largest} bytes`));
      });
      response.on('error', reject).on('end', () => {
        const { statusCode: status = 0, headers } = response;
        resolve({ status, headers, text: Buffer.concat(parts).toString('utf8') });
      });
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

function failure(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
