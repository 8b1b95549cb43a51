import express from 'express';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { createLogger, logRequests } from '../../../example/log';

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

test('a request is logged by its route: no header, no query, no export link', async () => {
  const { lines, stream } = capturing();
  const app = express().use(logRequests(createLogger('info', stream)), (_req, res) => void res.end());
  const server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    const headers = { authorization: 'Bearer canary', cookie: 'canary', 'x-api-key': 'canary' };
    request({ port, path: '/api/exports/canary?q=canary', headers }, (res) =>
      res.resume().once('end', resolve),
    ).end();
  });
  await new Promise((resolve) => server.close(resolve));

  expect(lines.join('')).toContain('/api/exports/:link');
  expect(lines.join('')).not.toContain('canary');
});
