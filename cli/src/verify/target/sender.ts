/** Sends requests to one origin that is not trusted: bounded in time and size, no redirect followed, no path normalized. */
import * as http from 'node:http';
import * as https from 'node:https';
import { shownAddress } from '@portcullis/runtime/policy';
import { PortcullisError, messageOf } from '../../errors';
import type { Answer } from './exchange';
import { handshake, type Handshake } from './handshake';

export interface Sent {
  readonly method: string;
  /** Path and query, as they go on the wire. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Sender {
  /** Rejects when there is no answer in time, with a reason of ours alone. */
  send(request: Sent): Promise<Answer>;
  /**
   * What TLS is spoken; undefined for plain http.
   * @throws PortcullisError `ERR_UNREACHABLE` where nobody listens, or the certificate is not to be trusted.
   */
  reach(): Promise<Handshake | undefined>;
  close(): void;
}

interface SenderOptions {
  /** @default 10,000 */
  readonly timeoutMs?: number;
  /** How much of a body is read. @default 64 KiB */
  readonly longestBody?: number;
}

const CONNECTIONS = 8;

export function senderTo(
  origin: URL,
  { timeoutMs = 10_000, longestBody = 65_536 }: SenderOptions = {},
): Sender {
  const isTls = origin.protocol === 'https:';
  const options = { keepAlive: true, maxSockets: CONNECTIONS };
  const { request: open }: Pick<typeof http, 'request'> = isTls ? https : http;
  const agent = isTls ? new https.Agent(options) : new http.Agent(options);
  const where = {
    agent,
    hostname: origin.hostname.replace(/^\[|\]$/g, ''),
    port: origin.port || (isTls ? 443 : 80),
    maxHeaderSize: 32_768,
  };

  const send = ({ method, target, headers }: Sent, isRepeat = false): Promise<Answer> =>
    new Promise((resolve, reject) => {
      // A connection that was kept may just have been closed. What acts, and must not be repeated, gets one of its own.
      const isKept = !isRepeat && ['GET', 'HEAD', 'OPTIONS'].includes(method);
      const request = open({
        ...where,
        ...(!isKept && { agent: false }),
        ...{ method, path: target, headers: { host: origin.host, ...headers } },
      });
      const timer = setTimeout(() => request.destroy(new Error('it did not answer in time')), timeoutMs);
      let isAnswered = false;
      const fail = (error: Error): void => {
        clearTimeout(timer);
        // What is read no further breaks off.
        if (isAnswered) return;
        const { code = '' } = error as NodeJS.ErrnoException;
        const wasClosed = request.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(code);
        if (wasClosed && !isRepeat) send({ method, target, headers }, true).then(resolve, reject);
        else reject(error);
      };
      request.on('error', fail);
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        let length = 0;
        const done = (): void => {
          clearTimeout(timer);
          isAnswered = true;
          const body = Buffer.concat(chunks).subarray(0, longestBody).toString('utf8');
          resolve({ status: response.statusCode ?? 0, headers: joined(response.headers), body });
        };
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          length += chunk.length;
          if (length <= longestBody) return;
          done();
          request.destroy();
        });
        response.on('end', done);
        response.on('error', fail);
      });
      // An answer to Upgrade or CONNECT, which were not asked for, would be waited for until the time is up.
      request.on('upgrade', () => request.destroy(new Error('it switched protocols')));
      // No body: what lets in a call that it should refuse has nothing to act on.
      request.end();
    });

  return {
    send: (request) => send(request),
    reach: () =>
      handshake(origin, timeoutMs).catch((cause: unknown) => {
        throw new PortcullisError(
          'ERR_UNREACHABLE',
          `${shownAddress(origin.href)} cannot be reached: ${messageOf(cause)}`,
          'nothing was sent; mend the address, the certificate or the network',
        );
      }),
    close: () => agent.destroy(),
  };
}

function joined(headers: http.IncomingHttpHeaders): Record<string, string> {
  const known = Object.entries(headers).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known.map(([name, value]) => [name, [value].flat().join(', ')]));
}
