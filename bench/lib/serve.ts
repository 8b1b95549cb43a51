/** The measured side: runs inside a server process that `startServer()` started. */
import { messagesOf } from '@portcullis/runtime';
import express, { type Express, type RequestHandler } from 'express';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The app that every peer protects: one route, one small JSON answer, Express' own defaults. */
export function app(...protections: readonly RequestHandler[]): Express {
  const served = express();
  for (const protection of protections) served.use(protection);
  served.get('/api/transactions', (_req, res) => void res.json({ transactions: [], next: null }));
  return served;
}

/**
 * Listens on a free loopback port, and from then on answers each message with what this process has used. All apps
 * are served alike: as by `app.listen()`, or, where BENCH_MESSAGES is set, by a server with `messagesOf()`.
 */
export function serve(served: Express): void {
  const server = process.env.BENCH_MESSAGES ? createServer(messagesOf(served), served) : createServer(served);
  server.listen(0, '127.0.0.1', () => {
    process.on('message', () => process.send?.(process.cpuUsage()));
    process.send?.({ port: (server.address() as AddressInfo).port });
    // A process that exits by itself writes the profile that BENCH_PROFILE asked for.
    process.once('SIGTERM', () => process.exit());
  });
}
