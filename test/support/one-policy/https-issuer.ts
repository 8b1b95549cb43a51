import { readFileSync } from 'node:fs';
import { createServer, globalAgent } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { JsonWebKey } from 'node:crypto';
import type { Certificates } from '../certificates';

export interface HttpsIssuer {
  readonly url: string;
  publish(keys: readonly JsonWebKey[]): void;
  stop(): Promise<void>;
}

/** An issuer with TLS, as gateways want one. From now on this process trusts its authority. */
export async function startHttpsIssuer({ authority, certificate, key }: Certificates): Promise<HttpsIssuer> {
  let keys: readonly JsonWebKey[] = [];
  globalAgent.options.ca = readFileSync(authority);
  const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (req, res) => {
    const discovery = { issuer: url, jwks_uri: `${url}/jwks`, token_endpoint: `${url}/token` };
    res.writeHead(200, { 'content-type': 'application/json', connection: 'close' });
    res.end(JSON.stringify(req.url === '/jwks' ? { keys } : discovery));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    publish: (published) => (keys = published),
    stop: async () => {
      delete globalAgent.options.ca;
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
