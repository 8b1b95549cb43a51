import { appRole } from '../../../../runtime/src/secrets';
import type { VaultRequest } from '../../../../runtime/src/secrets/vault/client';

test.each([undefined, 'approle', 'approle/', '/approle/'])(
  'a wrapping token of the own mount is no foreign one, however the mount is written: %p',
  async (mount) => {
    const asked: string[] = [];
    const vault = {
      send: ({ path }: VaultRequest) => {
        asked.push(path);
        const data = path.endsWith('lookup')
          ? { creation_path: 'auth/approle/role/app/secret-id' }
          : { secret_id: 'secret' };
        const auth = { client_token: 'token', accessor: 'a', lease_duration: 60, renewable: true };
        return Promise.resolve({ kind: 'ok', body: { data, auth } } as const);
      },
    };
    const login = appRole({ roleId: 'role', wrappedSecretId: 'wrapping', ...(mount && { mount }) });
    await expect(login.login(vault, new AbortController().signal)).resolves.toMatchObject({ ttlSeconds: 60 });
    expect(asked).toEqual(['sys/wrapping/lookup', 'sys/wrapping/unwrap', 'auth/approle/login']);
  },
);
