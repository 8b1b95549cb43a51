import { messagesOf } from '@portcullis/runtime';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import type { Express } from 'express';
import type { HostileRequest } from './hostile-request';

/** Everything a server sent until it hung up. */
export interface RawAnswer {
  readonly bytes: number;
  readonly text: string;
  /** 0 where it hung up without an answer. */
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export interface Listening {
  /** Sends these bytes (each character one byte) and reads all that comes back. */
  send(bytes: string): Promise<RawAnswer>;
  stop(): Promise<void>;
}

export async function listen(app: Express): Promise<Listening> {
  const server = createServer(messagesOf(app), app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    send: (bytes) =>
      new Promise((resolve, reject) => {
        const chunks: Buffer[] = [];
        const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
        socket.on('data', (chunk) => chunks.push(chunk));
        socket.on('close', () => resolve(parse(Buffer.concat(chunks))));
        // A server that answers before it has read everything may reset the connection after its answer.
        socket.on('error', (error) => (chunks.length > 0 ? undefined : reject(error)));
      }),
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

export function toBytes({
  method = 'GET',
  path = '/api/transactions',
  headers,
  body = '',
}: HostileRequest): string {
  const lines = [...headers, ['Host', 'api.example.com'], ['Connection', 'close']] as const;
  return [
    `${method} ${path} HTTP/1.1`,
    ...lines.map(([name, value]) => `${name}: ${value}`),
    ...(body === '' ? [] : [`Content-Length: ${body.length}`]),
    '',
    body,
  ].join('\r\n');
}

/** Whatever in a request may be a token or a part of one. */
export function secretsIn(sent: string): string[] {
  return sent.match(/[A-Za-z0-9\-_+/=%]{24,}/g) ?? [];
}

function parse(answer: Buffer): RawAnswer {
  const text = answer.toString('latin1');
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  return {
    bytes: answer.length,
    text,
    status: Number(statusLine.split(' ')[1] ?? 0),
    headers: new Map(
      lines.map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 2),
      ]),
    ),
    body: rest.join('\r\n\r\n'),
  };
}
