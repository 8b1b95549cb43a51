import { discoverJwksUri } from '../../../../../runtime/src/auth/keys/jwks-uri';

const discovered = (issuer: string, jwks_uri: unknown): Promise<string> =>
  discoverJwksUri(issuer, () => Promise.resolve({ issuer, jwks_uri }));

it.each([
  ['https://auth.example.com', 'https://keys.example.net/jwks'],
  ['http://127.0.0.1:9000', 'http://127.0.0.1:9000/jwks'],
  ['http://localhost:9000', 'http://localhost:9001/jwks'],
  ['http://127.0.0.1:9000', 'https://keys.example.net/jwks'],
])('the issuer %s may have its keys at %s', async (issuer, address) => {
  await expect(discovered(issuer, address)).resolves.toBe(address);
});

it.each([
  ['https://auth.example.com', 'http://auth.example.com/jwks'],
  ['https://auth.example.com', 'http://127.0.0.1:8200/v1/secret'],
  ['https://auth.example.com', 'http://localhost/jwks'],
  ['https://auth.example.com', 'http://[::1]/jwks'],
  ['https://auth.example.com', 'file:///etc/passwd'],
  ['https://auth.example.com', 'not an address'],
  ['https://auth.example.com', undefined],
  ['http://127.0.0.1:9000', 'http://127.0.0.2:9000/jwks'],
  ['http://127.0.0.1:9000', 'http://auth.example.com/jwks'],
])('the issuer %s may not send us to %s for its keys', async (issuer, address) => {
  await expect(discovered(issuer, address)).rejects.toThrow(/names no https jwks_uri/);
});
