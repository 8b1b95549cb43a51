import { createServer, request, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

/** Header lines as they go on the wire: repeated names stay repeated. */
export type HeaderLines = readonly (readonly [name: string, value: string])[];

export interface RunningApp {
  get(path: string, headers?: HeaderLines): Promise<Answer>;
  send(method: string, path: string, headers?: HeaderLines, body?: string): Promise<Answer>;
  stop(): Promise<void>;
}

/** Serves the app on loopback, for clients that may be as rude as they like. */
export async function serve(app: Express): Promise<RunningApp> {
  const server: Server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  const send: RunningApp['send'] = (...request) => ask(port, ...request);

  return {
    send,
    get: (path, headers) => send('GET', path, headers),
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Asks whoever listens there, on loopback. */
export function ask(
  port: number,
  method: string,
  path: string,
  headers: HeaderLines = [],
  body?: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const lines = [['Host', `127.0.0.1:${port}`], ['Connection', 'close'], ...headers].flat();
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers: lines }, (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const isJson = res.headers['content-type']?.startsWith('application/json') === true;
        const parsed = isJson && text !== '' ? (JSON.parse(text) as Record<string, unknown>) : {};
        resolve({ status: res.statusCode ?? 0, headers: res.headers, text, body: parsed });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

export const bearer = (token: string): HeaderLines => [['Authorization', `Bearer ${token}`]];
