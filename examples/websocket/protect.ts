import {
  answerTo,
  type Answer,
  type AuthContext,
  type RateLimiter,
  type Verifier,
} from '@portcullis/runtime';
import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';

/** RFC 6455 §7.4.1 */
const POLICY_VIOLATION = 1008;
const INTERNAL_ERROR = 1011;

export type Receive = (message: RawData, socket: WebSocket, caller: AuthContext) => void;

/**
 * Takes connections whose handshake brings a token for their route, and ends them when it expires. Each message costs
 * one unit. A browser, which sets no header here, can send its token as a subprotocol: give that to `verify()`.
 */
export function protect(server: Server, verifier: Verifier, limiter: RateLimiter, receive: Receive): void {
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    handshake(request, socket, head).catch((error: unknown) => {
      const refused = answerTo(error, request.headers);
      socket.end(refused === undefined ? 'HTTP/1.1 500 Internal Server Error\r\n\r\n' : asText(refused));
    });
  });

  async function handshake(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const caller = await verifier.authenticate(request.headers, request);
    verifier.enforce(caller, request);
    if (caller === undefined) throw new Error('a public route is for no connection');
    sockets.handleUpgrade(request, socket, head, (opened) => {
      const ending = setTimeout(() => opened.close(POLICY_VIOLATION), caller.expiresAt * 1_000 - Date.now());
      opened.on('close', () => clearTimeout(ending));
      opened.on('error', () => opened.terminate());
      opened.on('message', (message: RawData) => {
        limiter
          .consume({ client: caller, cost: 1 })
          .then(({ allowed }) =>
            allowed ? receive(message, opened, caller) : opened.close(POLICY_VIOLATION),
          )
          .catch(() => opened.close(INTERNAL_ERROR));
      });
    });
  }
}

function asText({ status, headers, body }: Answer): string {
  const lines = Object.entries({
    ...headers,
    Connection: 'close',
    'Content-Length': Buffer.byteLength(body),
  });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head}\r\n${body}`;
}
