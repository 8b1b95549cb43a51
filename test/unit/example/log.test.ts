import express from 'express';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import type { AuthContext } from '@portcullis/runtime';
import { createLogger, eventLog, logRequests, type RequestLogOptions } from '../../../example/log';

function capturing(): { lines: string[]; stream: Writable } {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  return { lines, stream };
}

test('fields that hold secrets are replaced, however deep', () => {
  const { lines, stream } = capturing();
  createLogger('info', stream).info(
    { password: 'canary', a: { token: 'canary' }, b: { c: { secret: 'canary' } } },
    'x',
  );

  expect(lines.join('')).not.toContain('canary');
  expect(lines.join('').match(/\[secret\]/g)).toHaveLength(3);
});

/** Answers one request, whose caller is `auth` if there is one, and gives back the answer and what was logged. */
async function answered(
  headers: Record<string, string>,
  { auth, ...options }: RequestLogOptions & { auth?: AuthContext } = {},
): Promise<{ requestId: string | undefined; lines: Record<string, unknown>[]; text: string }> {
  const { lines, stream } = capturing();
  const logger = createLogger('info', stream);
  const tell = eventLog(logger);
  const app = express()
    .use(logRequests(logger, options))
    .use((req, res) => {
      if (auth) req.auth = auth;
      setImmediate(() => {
        tell({ type: 'denied' });
        res.end();
      });
    });
  const server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const requestId = await new Promise<string | undefined>((resolve) => {
    request({ port, path: '/api/exports/canary?q=canary', headers }, (res) =>
      res.resume().once('end', () => resolve(res.headers['x-request-id'] as string | undefined)),
    ).end();
  });
  await new Promise((resolve) => server.close(resolve));
  const text = lines.join('');
  return { requestId, text, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

const CALLER: AuthContext = {
  issuer: 'https://auth.example.com',
  subject: 'alice@example.com',
  organisation: 'org_acme',
  tier: 'pro',
  scopes: [],
  clientId: 'fintech-web',
  expiresAt: 0,
  claims: { jti: 'token-1', email: 'alice@example.com' },
};

test('a request is logged by its route: no header, no query, no export link', async () => {
  const { text } = await answered({
    authorization: 'Bearer canary',
    cookie: 'canary',
    'x-api-key': 'canary',
  });
  expect(text).toContain('/api/exports/:link');
  expect(text).not.toContain('canary');
});

test('a request is logged with who called, by a pseudonym, never by name', async () => {
  const { lines, text } = await answered({}, { auth: CALLER, pseudonymOf: () => 'vault:v1:x' });
  expect(lines.at(-1)).toMatchObject({
    client: 'fintech-web',
    organisation: 'org_acme',
    tokenId: 'token-1',
    subject: 'vault:v1:x',
  });
  expect(text).not.toContain('alice');
  const unnamed = await answered({}, { auth: CALLER });
  expect(unnamed.lines.at(-1)).not.toHaveProperty('subject');
});

test('what happened during a request bears its ID, as the answer does', async () => {
  const { lines, requestId, text } = await answered({});
  expect(requestId).toMatch(/^[\da-f-]{36}$/);
  expect(lines.map((line) => [line.type ?? 'request', line.requestId])).toEqual([
    ['denied', requestId],
    ['request', requestId],
  ]);
  expect(text.match(/"requestId"/g)).toHaveLength(2);
});

test('the ID is the gateway’s where a gateway overwrites the header, and nobody’s else', async () => {
  const told = { 'x-request-id': 'JKJaXmPLvHcESHA=' };
  const requestIdHeader = 'X-Request-Id';
  expect((await answered(told, { requestIdHeader })).requestId).toBe('JKJaXmPLvHcESHA=');
  expect((await answered(told)).requestId).toMatch(/^[\da-f-]{36}$/);
  for (const text of ['a b', '{"level":60}', 'x'.repeat(101)]) {
    const { requestId } = await answered({ 'x-request-id': text }, { requestIdHeader });
    expect(requestId).toMatch(/^[\da-f-]{36}$/);
  }
});

test('a text of a provider is cut: nobody fills the log with one claim', async () => {
  const auth = { ...CALLER, claims: { jti: 'x'.repeat(10_000) } };
  const { lines } = await answered({}, { auth });
  expect(lines.at(-1)).toMatchObject({ tokenId: 'x'.repeat(200) });
});
