/** What stands in Vault's place: neither the token nor a value that is written goes wherever it sends. */
import type { RequestListener } from 'node:http';
import { text } from 'node:stream/consumers';
import { VaultClient } from '../../../../cli/src/engines/vault-client';
import { putField } from '../../../../cli/src/secrets/put';
import { useServers } from '../../../support/loopback-server';

const listen = useServers();
const serve = async (answer: RequestListener): Promise<string> => (await listen(answer)).url.origin;

test.each([307, 308])('a standby that answers %i is followed to its leader', async (status) => {
  const asked: unknown[] = [];
  const leader = await serve((request, response) => {
    void text(request).then((body) => {
      asked.push([request.method, request.url, request.headers['x-vault-token'], body]);
      response.end('{"data":{"version":7}}');
    });
  });
  const standby = await serve((request, response) =>
    response.writeHead(status, { location: leader + String(request.url) }).end(),
  );
  const vault = new VaultClient(standby, 'canary');
  await expect(vault.write('secret/data/a', { a: 1 })).resolves.toEqual({ data: { version: 7 } });
  expect(asked).toEqual([['PUT', '/v1/secret/data/a', 'canary', '{"a":1}']]);
});

test.each([
  [301, undefined],
  [302, undefined],
  [303, undefined],
  [307, ''],
  [307, 'http://['],
  [308, 'http://vault.example.com:8200/v1/a'],
])('an answer of %i that is no standby’s is not followed', async (status, location) => {
  const asked: unknown[] = [];
  const elsewhere = await serve((request, response) => response.end(asked.push(request.headers)));
  const proxy = await serve((_request, response) =>
    response.writeHead(status, { location: location ?? `${elsewhere}/v1/a?canary` }).end(),
  );
  const vault = new VaultClient(proxy, 'canary');
  const value = { path: 'secret/a', field: 'key', value: 'canary' };
  for (const work of [() => vault.read('a'), () => putField(vault, value)]) {
    const failure: unknown = await work().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'ERR_UNREACHABLE' });
    expect(String(failure)).toContain(`sends elsewhere (${status}`);
    expect(String(failure)).not.toContain('canary');
  }
  expect(asked).toEqual([]);
});

test('what is no JSON is not repeated', async () => {
  const page = await serve((_request, response) => response.writeHead(502).end('canary'));
  await expect(new VaultClient(page, 'token').read('a')).rejects.toThrow(
    expect.objectContaining({ problem: 'Vault answered 502 on a: not JSON' }) as Error,
  );
});

test('a Vault that is not there is said in words, without a stack', async () => {
  const gone = await listen(() => undefined);
  await new Promise((closed) => gone.server.close(closed));
  await expect(new VaultClient(gone.url.origin, 'token').read('a')).rejects.toMatchObject({
    code: 'ERR_UNREACHABLE',
    problem: expect.stringMatching(/^Vault did not answer: connect ECONNREFUSED/) as string,
  });
});
