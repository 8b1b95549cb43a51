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
      // The server has handed the socket over: nobody else ends it for a client that keeps its side open.
      socket.once('finish', () => socket.destroy());
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
        take(message, opened, caller, request).catch((error: unknown) =>
          opened.close(answerTo(error) === undefined ? INTERNAL_ERROR : POLICY_VIOLATION),
        );
      });
    });
  }

  async function take(
    message: RawData,
    opened: WebSocket,
    caller: AuthContext,
    request: IncomingMessage,
  ): Promise<void> {
    // The token may have been revoked since.
    await verifier.authenticate(request.headers, request);
    const { allowed } = await limiter.consume({ client: caller, cost: 1 });
    // A peer that does not close its side may go on sending.
    if (opened.readyState !== opened.OPEN) return;
    if (allowed) receive(message, opened, caller);
    else opened.close(POLICY_VIOLATION);
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
