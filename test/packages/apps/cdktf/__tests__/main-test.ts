import 'cdktf/lib/testing/adapters/jest';
import { Testing } from 'cdktf';
import { Mount } from '@cdktf/provider-vault/lib/mount';
import { OrdersVault } from '../main';

describe('the orders stack', () => {
  it('mounts a KV engine', () => {
    expect(Testing.synth(new OrdersVault(Testing.app(), 'orders'))).toHaveResource(Mount);
  });
});
