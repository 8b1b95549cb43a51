import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeHeaders } from '../../../../runtime/src/http/before-headers';

/** What a client receives from a handler that answers after a cookie was put off until the headers are written. */
async function answered(
  handler: (res: ServerResponse, req: IncomingMessage) => void,
): Promise<{ status: number; cookies: string[]; headers: Headers; text: string }> {
  const server = createServer((req, res) => {
    beforeHeaders(res, () => res.appendHeader('Set-Cookie', 'ours=1'));
    handler(res, req);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const { status, headers } = response;
    return { status, headers, cookies: headers.getSetCookie(), text: await response.text() };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

it.each<[string, string[], (res: ServerResponse) => void]>([
  ['sets no cookie', ['ours=1'], (res) => res.end('ok')],
  [
    'sets a cookie of its own',
    ['theirs=1', 'ours=1'],
    (res) => {
      res.setHeader('Set-Cookie', 'theirs=1');
      res.end('ok');
    },
  ],
  [
    'passes an upstream’s cookies on with the status',
    ['theirs=1', 'theirs=2', 'ours=1'],
    (res) => void res.writeHead(200, { 'set-cookie': ['theirs=1', 'theirs=2'] }).end('ok'),
  ],
  [
    'passes them on with a status text',
    ['theirs=1', 'ours=1'],
    (res) => void res.writeHead(200, 'Fine', { 'Set-Cookie': 'theirs=1' }).end('ok'),
  ],
  [
    'passes them on as a list of names and values',
    ['theirs=1', 'theirs=2', 'ours=1'],
    (res) => void res.writeHead(200, ['Set-Cookie', 'theirs=1', 'Set-Cookie', 'theirs=2']).end('ok'),
  ],
  [
    'streams',
    ['ours=1'],
    (res) => {
      res.write('o');
      res.end('k');
    },
  ],
  [
    'flushes its headers first',
    ['ours=1'],
    (res) => {
      res.flushHeaders();
      res.end('ok');
    },
  ],
])('a cookie is there once beside those of a handler that %s', async (_what, cookies, handler) => {
  await expect(answered(handler)).resolves.toMatchObject({ status: 200, cookies, text: 'ok' });
});

it('several listeners are all called, and see what the handler set', async () => {
  const seen: unknown[] = [];
  const { headers } = await answered((res) => {
    beforeHeaders(res, () => seen.push(res.getHeader('x-handler')));
    res.writeHead(201, { 'X-Handler': 'yes', 'X-Count': 2 }).end();
  });
  expect(seen).toEqual(['yes']);
  expect(headers.get('x-count')).toBe('2');
  expect(headers.getSetCookie()).toEqual(['ours=1']);
});
