import { baseOf, received, shownAddress, vaultAddressProblem } from '../../../../runtime/src/policy/address';

const HOSTILE = [
  'ftp://root:canary@vault',
  'https://root:canary@vault.example.com',
  'https://canary@vault.example.com',
  'root:canary@vault',
  'canary',
  'https://vault.example.com/?token=canary',
  'https://vault.example.com/#canary',
  'https://root:canary@vault.example.com:99999',
];

it.each(HOSTILE)('refuses %s as the address of Vault, and shows no secret of it', (address) => {
  expect(vaultAddressProblem(address)).toEqual(expect.any(String));
  expect(vaultAddressProblem(address)).not.toContain('canary');
  expect(shownAddress(address)).not.toContain('canary');
});

it('says what stands in the address that cannot stay', () => {
  expect(vaultAddressProblem('ftp://root:canary@vault')).toBe('is not an http(s) URL: ftp://vault');
  expect(vaultAddressProblem('https://vault.example.com/v1/')).toBe(
    'ends in /v1, which is added: leave it out of https://vault.example.com/v1/',
  );
});

it.each([
  ['https://vault.example.com', 'https://vault.example.com'],
  ['https://proxy.example.com/vault', 'https://proxy.example.com/vault'],
  ['https://proxy.example.com:8200/team/vault//', 'https://proxy.example.com:8200/team/vault'],
])('takes %s, whose API is below %s', (address, base) => {
  expect(vaultAddressProblem(address)).toBeUndefined();
  expect(baseOf(new URL(address))).toBe(base);
});

it.each([
  ['open', '"open"'],
  ['redis://root:canary@redis', '"redis://redis"'],
  ['hvs.CAESIcanarycanarycanarycanary', 'a text of 33 characters'],
  ['root:canary@redis', 'a text of 17 characters'],
  [undefined, 'undefined'],
  [{ canary: 1 }, 'an object'],
])('says of %j that it received %s', (value, shown) => {
  expect(received(value)).toBe(shown);
});
