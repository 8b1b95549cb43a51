import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { resolve } from 'node:path';
import type { SecretsStatus } from './status';

/**
 * Answers every request with the status, as JSON, on a Unix socket that only the process' own user can open:
 * `portcullis secrets status` reads it, and so does `curl --unix-socket`. The status holds no secret; who may
 * see it is whoever could debug the process anyway.
 */
export async function serveStatus(path: string, status: () => SecretsStatus): Promise<Server> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(status()));
  });
  // A process that was killed leaves its socket. Whoever may remove it may put another one there, so the folder must be
  // the service's own.
  await rm(path, { force: true });
  const mask = process.umask(0o177);
  try {
    // Digits alone would be a port, open to all. The socket's file is made before this returns.
    server.listen(resolve(path));
  } finally {
    process.umask(mask);
  }
  await once(server, 'listening');
  server.unref();
  return server;
}
