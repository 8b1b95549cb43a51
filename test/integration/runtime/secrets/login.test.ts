import {
  appRole,
  jwtLogin,
  SecretsManager,
  type LoginMethod,
  type SecretsManagerOptions,
} from '@portcullis/runtime';
import { exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { choosePort } from '../../../../cli/src/engines/process/ports';
import { VaultClient } from '../../../../cli/src/engines/vault-client';
import { makeCertificates, type Certificates } from '../../../support/certificates';
import { useOpenBao } from '../../../support/engines';
import { testWithNamespaces } from '../../../support/server-features';

let tls: Certificates & { readonly port: number };
const server = useOpenBao(async (run) => {
  tls = { ...(await makeCertificates(await run.subfolder('tls'))), port: await choosePort(undefined, 'TLS') };
  return `listener "tcp" {
    address       = "127.0.0.1:${tls.port}"
    tls_cert_file = "${tls.certificate}"
    tls_key_file  = "${tls.key}"
  }`;
});
const admin = (): VaultClient => new VaultClient(server().address, server().rootToken);
const managers: SecretsManager[] = [];

beforeAll(async () => {
  await admin().write('sys/auth/approle', { type: 'approle' });
  await admin().write('auth/approle/role/app', { token_period: '1h' });
});

afterEach(() => Promise.all(managers.splice(0).map((manager) => manager.close())));

async function connect(login: LoginMethod, options: SecretsManagerOptions = {}): Promise<SecretsManager> {
  const manager = await SecretsManager.connect({
    address: server().address,
    login,
    startupSeconds: 0,
    ...options,
  });
  managers.push(manager);
  return manager;
}

const roleId = async (namespace = ''): Promise<string> =>
  (await admin().read(`${namespace}auth/approle/role/app/role-id`)).data?.role_id as string;
const mintSecretId = async (body: Record<string, unknown> = {}, namespace = ''): Promise<string> =>
  (await admin().write(`${namespace}auth/approle/role/app/secret-id`, body)).data?.secret_id as string;

/** Ends the manager's token behind its back, so that the next request must log in again. */
async function revokeTokens(): Promise<void> {
  await admin().write('sys/leases/revoke-prefix/auth/approle/login');
}

describe('a secret ID is read again at each login', () => {
  const single = { num_uses: 1 };
  /** Any request finds out that the token is dead; what it is for does not matter. */
  const relogin = (manager: SecretsManager): Promise<unknown> => manager.kv('secret/x', z.object({}));

  test('from a file', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'portcullis-login-')), 'secret-id');
    await writeFile(file, `${await mintSecretId(single)}\n`);
    const manager = await connect(appRole({ roleId: await roleId(), secretId: { file } }));
    await writeFile(file, await mintSecretId(single));
    await revokeTokens();
    await expect(relogin(manager)).rejects.toMatchObject({ code: 'ERR_VAULT_CAPABILITY_MISSING' });
    expect(manager.readiness()).toEqual({ ready: true, problems: [] });
  });

  test('from a function', async () => {
    const manager = await connect(appRole({ roleId: await roleId(), secretId: () => mintSecretId(single) }));
    await revokeTokens();
    await expect(relogin(manager)).rejects.toMatchObject({ code: 'ERR_VAULT_CAPABILITY_MISSING' });
    expect(manager.readiness().ready).toBe(true);
  });

  test('from the environment', async () => {
    const before = process.env;
    process.env = { ...before, VAULT_ADDR: server().address, VAULT_ROLE_ID: await roleId() };
    try {
      process.env.VAULT_SECRET_ID = await mintSecretId(single);
      const manager = await SecretsManager.connect();
      managers.push(manager);
      process.env.VAULT_SECRET_ID = await mintSecretId(single);
      await revokeTokens();
      await expect(relogin(manager)).rejects.toMatchObject({ code: 'ERR_VAULT_CAPABILITY_MISSING' });
      expect(manager.readiness().ready).toBe(true);
    } finally {
      process.env = before;
    }
  });

  test('one that is spent turns the service not-ready, and says what to do', async () => {
    const manager = await connect(appRole({ roleId: await roleId(), secretId: await mintSecretId(single) }));
    await revokeTokens();
    await expect(relogin(manager)).rejects.toMatchObject({
      code: 'ERR_VAULT_LOGIN_REFUSED',
      message: expect.stringMatching(/spent.*mint a new one/) as string,
    });
    expect(manager.readiness()).toEqual({ ready: false, problems: ['token: ERR_VAULT_LOGIN_REFUSED'] });
  });
});

test('a wrapped secret ID of another role is refused where the role is known', async () => {
  await admin().write('auth/approle/role/other', {});
  const { wrap_info } = await admin().write(
    'auth/approle/role/other/secret-id',
    {},
    { 'X-Vault-Wrap-TTL': '60s' },
  );
  const login = appRole({ roleId: await roleId(), wrappedSecretId: wrap_info!.token, roleName: 'app' });
  await expect(connect(login)).rejects.toMatchObject({ code: 'ERR_WRAPPING_TOKEN_FOREIGN' });
});

describe('JWT', () => {
  const signed = async (claims: Record<string, unknown>): Promise<() => Promise<string>> => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    if (!('jwt/' in ((await admin().read('sys/auth')).data ?? {}))) {
      await admin().write('sys/auth/jwt', { type: 'jwt' });
    }
    await admin().write('auth/jwt/config', { jwt_validation_pubkeys: [await exportSPKI(publicKey)] });
    await admin().write('auth/jwt/role/deploy', {
      role_type: 'jwt',
      user_claim: 'sub',
      bound_audiences: ['vault'],
      bound_claims: { repository: 'fintech/api', ref: 'refs/heads/main' },
      token_period: '1h',
    });
    return () =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'ES256' })
        .setIssuedAt()
        .setExpirationTime('60s')
        .setSubject('job')
        .setAudience('vault')
        .sign(privateKey);
  };

  test('a token whose claims fit logs in', async () => {
    const token = await signed({ repository: 'fintech/api', ref: 'refs/heads/main' });
    const manager = await connect(jwtLogin({ role: 'deploy', token }));
    expect(manager.status().token).toMatchObject({ valid: true, nextAction: 'renew' });
  });

  test('a token of another branch does not', async () => {
    const token = await signed({ repository: 'fintech/api', ref: 'refs/heads/attack' });
    await expect(connect(jwtLogin({ role: 'deploy', token }))).rejects.toMatchObject({
      code: 'ERR_VAULT_LOGIN_REFUSED',
      message: expect.stringContaining('claims') as string,
    });
  });
});

testWithNamespaces('a login goes to the namespace that is asked for', async () => {
  await admin().write('sys/namespaces/team-a');
  await admin().write('team-a/sys/auth/approle', { type: 'approle' });
  await admin().write('team-a/auth/approle/role/app', { token_period: '1h' });
  const login = appRole({
    roleId: await roleId('team-a/'),
    secretId: await mintSecretId({}, 'team-a/'),
  });
  await expect(connect(login)).rejects.toMatchObject({ code: 'ERR_VAULT_LOGIN_REFUSED' });
  const manager = await connect(login, { namespace: 'team-a' });
  expect(manager.status().token.valid).toBe(true);
});

describe('over TLS', () => {
  const address = (): string => `https://127.0.0.1:${tls.port}`;
  const login = async (): Promise<LoginMethod> =>
    appRole({ roleId: await roleId(), secretId: await mintSecretId() });

  test('a server of the authority that is named is trusted', async () => {
    const manager = await connect(await login(), { address: address(), caFile: tls.authority });
    expect(manager.status().token.valid).toBe(true);
  });

  test('any other is not, without waiting, and no token goes there', async () => {
    const connecting = connect(await login(), { address: address(), startupSeconds: 60 });
    await expect(connecting).rejects.toMatchObject({
      code: 'ERR_VAULT_CERTIFICATE',
      message: expect.stringContaining('VAULT_CACERT') as string,
    });
  });
});

test('an address that does not answer hands over to the next', async () => {
  const dead = `http://127.0.0.1:${await choosePort(undefined, 'nothing')}`;
  const login = appRole({ roleId: await roleId(), secretId: await mintSecretId() });
  const manager = await connect(login, { address: [dead, server().address] });
  expect(manager.status().token.valid).toBe(true);
});
