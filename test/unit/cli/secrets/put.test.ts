import { VaultClient } from '../../../../cli/src/engines/vault-client';
import { putField } from '../../../../cli/src/secrets/put';

// Nothing listens there: whatever is not refused before is an `ERR_UNREACHABLE`.
const vault = new VaultClient('http://127.0.0.1:1', 'token');

test.each([
  'secret',
  '',
  'secret/../sys/raw',
  'secret/x/../../data/fintech-api/config',
  './secret/fintech-api/config',
])('refuses %j: it names no entry, or URLs resolve it to another one, past its schema', async (path) => {
  await expect(putField(vault, { path, field: 'encryption_key', value: 'short' })).rejects.toMatchObject({
    code: 'ERR_SETTING',
    message: expect.stringContaining('is no KV path') as string,
  });
});
