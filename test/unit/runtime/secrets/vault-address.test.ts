import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { readValue } from '../../../../runtime/src/secrets/login/value';
import { parseAddresses } from '../../../../runtime/src/secrets/vault/addresses';
import { VaultClient } from '../../../../runtime/src/secrets/vault/client';

test('a Vault below a path is asked there: what is sent reaches no other application', async () => {
  const asked: (string | undefined)[] = [];
  const server = createServer(({ url }, response) => {
    asked.push(url);
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = new VaultClient({
    addresses: parseAddresses(`http://127.0.0.1:${port}/team/vault/`, false),
  });
  try {
    await client.send({ method: 'PUT', path: 'auth/approle/login', body: {} });
  } finally {
    client.close();
    server.close();
  }
  expect(asked).toEqual(['/team/vault/v1/auth/approle/login']);
});

test.each(['ftp://root:canary@vault', 'https://root:canary@vault', 'https://vault/?a=canary', 'canary'])(
  'the address %s is refused without a word of what is secret in it',
  (address) => {
    expect(() => parseAddresses(['https://vault', address], false)).toThrow(
      expect.objectContaining({
        code: 'ERR_SECRETS_CONFIG',
        message: expect.not.stringContaining('canary') as string,
      }) as Error,
    );
  },
);

test('a secret ID with a line break in it is refused before anything is sent, and not shown', async () => {
  await expect(readValue('can\nary\n', 'secret ID')).rejects.toMatchObject({
    code: 'ERR_LOGIN_SOURCE',
    message: 'the secret ID holds a line break or another character that none has (ERR_LOGIN_SOURCE)',
  });
  await expect(readValue(' fine\n', 'secret ID')).resolves.toBe('fine');
});
