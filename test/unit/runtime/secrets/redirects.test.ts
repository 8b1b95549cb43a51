/** Who sends elsewhere in Vault's place: a standby to its leader, and others, to whom no token goes. */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { appRole, Secret } from '../../../../runtime/src/secrets';
import { VaultClient } from '../../../../runtime/src/secrets/vault/client';
import { makeCertificates } from '../../../support/certificates';

const servers: Server[] = [];
const clients: VaultClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(server: Server): Promise<number> {
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const serve = async (answer: RequestListener): Promise<string> =>
  `http://127.0.0.1:${await listen(createServer(answer))}`;

/** Answers all with that status and that header. */
const sending = (status: number, location?: string): RequestListener => {
  return (_request, response) => response.writeHead(status, { ...(location && { location }) }).end();
};

function clientOf(address: string, ca?: string): VaultClient {
  const client = new VaultClient({ addresses: [new URL(address)], ...(ca !== undefined && { ca }) });
  clients.push(client);
  return client;
}

const write = (client: VaultClient) =>
  client.send({ method: 'PUT', path: 'secret/data/a', token: new Secret('canary'), body: { a: 1 } });

test.each([307, 308])(
  'a standby that answers %i is followed to its leader, with all that was sent',
  async (status) => {
    const asked: unknown[] = [];
    const leader = await serve((request, response) => {
      const { method, url, headers } = request;
      void text(request).then((body) => {
        asked.push([method, url, headers['x-vault-token'], body]);
        response.end('{"data":{"version":2}}');
      });
    });
    const standby = await serve(sending(status, `${leader}/v1/secret/data/a`));
    await expect(write(clientOf(standby))).resolves.toMatchObject({
      kind: 'ok',
      body: { data: { version: 2 } },
    });
    expect(asked).toEqual([['PUT', '/v1/secret/data/a', 'canary', '{"a":1}']]);
  },
);

test.each([
  [301, 'https://elsewhere.example/'],
  [302, 'https://elsewhere.example/'],
  [303, 'https://elsewhere.example/'],
  [307, undefined],
  [308, undefined],
  [307, 'http://['],
  [308, 'https://'],
])('%i to %p is no leader', async (status, location) => {
  const answer = await write(clientOf(await serve(sending(status, location))));
  expect(answer).toMatchObject({ kind: 'moved', status });
});

test('a login that is sent to nowhere does not blame the secret ID', async () => {
  const client = clientOf(await serve(sending(307)));
  const login = appRole({ roleId: 'role', secretId: 'canary' }).login(client, new AbortController().signal);
  await expect(login).rejects.toMatchObject({ code: 'ERR_VAULT_MOVED' });
});

test('two that send to each other end the request', async () => {
  const others: string[] = [];
  const back: RequestListener = (_request, response) =>
    response.writeHead(307, { location: `${others[0]}/v1/a` }).end();
  others.push(await serve(back));
  await expect(write(clientOf(others[0]!))).rejects.toMatchObject({
    code: 'ERR_VAULT_UNREACHABLE',
    message: expect.stringContaining('redirects twice') as string,
  });
});

test('plain HTTP on loopback leaves this machine by TLS alone', async () => {
  const standby = await serve(sending(307, 'http://vault.example.com:8200/v1/secret/data/a?token=canary'));
  const failure: unknown = await write(clientOf(standby)).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: 'ERR_VAULT_ADDRESS_INSECURE',
    message: expect.stringContaining('redirects to http://vault.example.com:8200') as string,
  });
  expect(String(failure)).not.toContain('canary');
});

test('TLS is not left for plain HTTP, on loopback neither', async () => {
  const asked: unknown[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-redirects-'));
  try {
    const { authority, certificate, key } = await makeCertificates(folder);
    const leader = await serve((request, response) => response.end(asked.push(request.url)));
    const tls = { cert: readFileSync(certificate), key: readFileSync(key) };
    const port = await listen(createSecureServer(tls, sending(307, `${leader}/v1/secret/data/a`)));
    const client = clientOf(`https://127.0.0.1:${port}`, readFileSync(authority, 'utf8'));
    await expect(write(client)).rejects.toMatchObject({ code: 'ERR_VAULT_ADDRESS_INSECURE' });
    expect(asked).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
