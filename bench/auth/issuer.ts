/** The issuer's side of the benchmark, in a process of its own: discovery, and a JWKS with both keys. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { settings } from '../lib/settings';

const { keys } = settings() as { keys: readonly object[] };

const server = createServer((req, res) => {
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const document = req.url === '/jwks' ? { keys } : { issuer, jwks_uri: `${issuer}/jwks` };
  res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document));
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
