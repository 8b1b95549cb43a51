import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import express, { type RequestHandler } from 'express';

/** Who a request says it is: these tests are about limits, so the token is already verified. */
export interface TestCaller {
  readonly subject?: string;
  readonly organisation?: string;
  readonly tier?: string;
  readonly issuer?: string;
}

/** Stands in for `requireAuth()`: takes the caller from a header. */
export const callerFromHeader: RequestHandler = (req, _res, next) => {
  const header = req.get('x-caller');
  if (header !== undefined) {
    const caller = JSON.parse(header) as TestCaller;
    req.auth = {
      issuer: 'https://issuer.example.com',
      subject: 'someone',
      tier: 'free',
      scopes: [],
      expiresAt: 0,
      claims: {},
      ...caller,
    };
  }
  next();
};

export interface TestApp {
  readonly url: string;
  call(
    method: string,
    path: string,
    caller?: TestCaller,
    headers?: Record<string, string>,
  ): Promise<Response>;
  close(): Promise<void>;
}

/** An Express app on a free port: the middleware given, then a handler that answers everything with 200. */
export async function serve(...middleware: RequestHandler[]): Promise<TestApp> {
  const app = express();
  app.use(callerFromHeader, ...middleware);
  app.use((_req, res) => {
    res.json({ ok: true });
  });
  const server = app.listen(0, '127.0.0.1');
  // Where the machine keeps a client waiting, its idle connection is still there.
  server.keepAliveTimeout = 120_000;
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    call: (method, path, caller, headers) =>
      fetch(url + path, {
        method,
        headers: { ...headers, ...(caller !== undefined && { 'x-caller': JSON.stringify(caller) }) },
      }),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
