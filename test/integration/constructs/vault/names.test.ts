/** What a real server makes of names that collide: why the constructs refuse them. */
import { VaultClient } from '../../../../cli/src/engines/vault-client';
import { useOpenBao } from '../../../support/engines';

const vault = useOpenBao();
const admin = () => new VaultClient(vault().address, vault().rootToken);
const policy = async (name: string) => (await admin().read(`sys/policies/acl/${name}`)).data?.policy;

test('names of policies that differ by case are one policy: the later replaces the earlier', async () => {
  await admin().write('sys/policies/acl/orders', { policy: '# earlier' });
  await admin().write('sys/policies/acl/Orders', { policy: '# later' });
  expect(await policy('orders')).toBe('# later');
});

test("a policy named default replaces the server's own", async () => {
  expect(await policy('default')).toContain('auth/token/lookup-self');
  await admin().write('sys/policies/acl/Default', { policy: 'path "*" { capabilities = ["sudo"] }' });
  expect(await policy('default')).toContain('path "*"');
});

test('nothing mounts below a mount, nor above it, nor where the server has something of its own', async () => {
  await admin().write('sys/mounts/kv/orders', { type: 'kv' });
  for (const path of [
    'kv',
    'kv/orders',
    'kv/orders/more',
    'sys/own',
    'identity',
    'cubbyhole',
    'auth/more',
    'audit',
  ]) {
    await expect(admin().write(`sys/mounts/${path}`, { type: 'kv' })).rejects.toThrow();
  }
});
