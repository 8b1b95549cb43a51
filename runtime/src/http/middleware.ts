/** Middleware over Node's own messages: what Express 4 and 5, and `node:http` alone, can call. */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Goes on; with an error, to the error handler. */
export type Next = (error?: unknown) => void;

/**
 * A middleware. `app.use()` of Express takes it; with `node:http` it is called by hand:
 *
 *     createServer((req, res) => limiter(req, res, () => serve(req, res)));
 */
export type Middleware = (req: IncomingMessage, res: ServerResponse, next: Next) => void;
