/** Vault behind the proxy that the environment names, and behind what sends elsewhere. */
import { appRole, SecretsManager } from '@portcullis/runtime';
import { createServer, request, type RequestListener, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { z } from 'zod';
import { useShortLeases } from './short-leases';

const leases = useShortLeases();

const servers: Server[] = [];
afterEach(() => {
  Reflect.deleteProperty(process.env, 'HTTP_PROXY');
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(answer: RequestListener): Promise<{ server: Server; address: string }> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test('all requests go through the proxy, which alone knows the host', async () => {
  const through: string[] = [];
  const vault = new URL(leases().vault.address);
  const { server, address } = await serve((req, res) => {
    through.push(req.url ?? '');
    const { pathname, search } = new URL(req.url ?? '');
    const { method, headers } = req;
    const sent = request(
      { host: vault.hostname, port: vault.port, path: pathname + search, method, headers },
      (answer) => {
        res.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(res);
      },
    );
    req.pipe(sent);
  });
  server.on('connect', (req, socket) => {
    through.push(req.url ?? '');
    const upstream = connect(Number(vault.port), vault.hostname, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  process.env.HTTP_PROXY = address;
  await leases().admin.write('secret/data/proxied', { data: { host: 'there' } });

  const { secrets } = await leases().connect({ address: 'http://vault.test:8200', allowPlainHttp: true });
  expect(await secrets.kv('secret/proxied', z.object({ host: z.string() }))).toMatchObject({ host: 'there' });
  await secrets.close();
  expect(through.join()).toContain('vault.test:8200');
});

test('who sends elsewhere for good is no Vault: said at once, and no token goes there', async () => {
  const asked: string[] = [];
  const elsewhere = await serve((req, res) => {
    asked.push(req.url ?? '');
    res.end('{}');
  });
  const { address } = await serve((req, res) => {
    res.writeHead(301, { location: `${elsewhere.address}${req.url ?? ''}?token=canary` }).end();
  });
  const login = appRole({ roleId: 'role', secretId: 'secret' });
  const failure: unknown = await SecretsManager.connect({ address, login }).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: 'ERR_VAULT_MOVED',
    message: expect.stringContaining(`(301, to ${elsewhere.address})`) as string,
  });
  expect(String(failure)).not.toContain('canary');
  expect(asked).toEqual([]);
});
