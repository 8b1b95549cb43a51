import type { RequestListener } from 'node:http';
import { exchange } from '../../../runtime/src/exchange';
import { useServers } from '../../support/loopback-server';

const listen = useServers();
const serve = async (answer: RequestListener): Promise<URL> => (await listen(answer)).url;

const asked = { method: 'POST', body: 'ping', withinMs: 10_000, largest: 100 } as const;

it('brings the body there and the whole answer back, however it is cut', async () => {
  const url = await serve((request, response) => {
    response.writeHead(201, { 'x-method': request.method });
    const text = Buffer.from('{"naïve":"é"}');
    response.write(text.subarray(0, 5)); // in the middle of a character
    response.end(text.subarray(5));
  });
  expect(await exchange(url, asked)).toMatchObject({
    status: 201,
    headers: { 'x-method': 'POST' },
    text: '{"naïve":"é"}',
  });
});

it('follows no redirect', async () => {
  const url = await serve((_request, response) =>
    response.writeHead(307, { location: 'http://elsewhere.example/' }).end(),
  );
  expect(await exchange(url, asked)).toMatchObject({ status: 307, text: '' });
});

it.each([
  ['says nothing', () => undefined],
  ['stops in the middle of its answer', (_request, response) => void response.write('{')],
] satisfies [string, RequestListener][])('ends with a server that %s', async (_what, listener) => {
  await expect(exchange(await serve(listener), { ...asked, withinMs: 30 })).rejects.toMatchObject({
    code: 'ANSWER_TIMEOUT',
  });
});

it('reads no more than it has room for', async () => {
  const url = await serve((_request, response) => {
    // Not "while it is writable", which it stays on Node 26 after the client is gone: each write fails at once.
    const more = (error?: Error | null): boolean => !error && response.write(Buffer.alloc(64), more);
    more();
  });
  await expect(exchange(url, asked)).rejects.toMatchObject({ code: 'ANSWER_TOO_LONG' });
});

it('fails with an answer that breaks off, and where nobody listens', async () => {
  const { url, server } = await listen((_request, response) => {
    response.writeHead(200, { 'content-length': 10 });
    response.write('123', () => response.destroy());
  });
  await expect(exchange(url, asked)).rejects.toMatchObject({ code: 'ECONNRESET' });
  await new Promise((closed) => server.close(closed));
  await expect(exchange(url, asked)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
