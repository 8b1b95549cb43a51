import {
  appRole,
  jwtLogin,
  SecretsManager,
  type SecretsErrorCode,
  type SecretsManagerOptions,
} from '@portcullis/runtime';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { until } from '../../../support/until';
import { useShortLeases } from './short-leases';

const leases = useShortLeases();

beforeAll(async () => {
  const { admin } = leases();
  await leases().leaseFor(600);
  await admin.write('sys/policies/acl/wide', {
    policy: `path "secret/data/*" { capabilities = ["read"] }
             path "absent/*" { capabilities = ["read"] }
             path "database/creds/*" { capabilities = ["read"] }`,
  });
  await admin.write('auth/approle/role/wide', { token_policies: ['wide'], token_period: '60s' });
  await admin.write('auth/approle/role/lone', { token_no_default_policy: true, token_period: '60s' });
  await admin.write('secret/data/app', { data: { db_host: 'db', key: 'canary-of-a-value' } });
});

async function login(role: string): Promise<ReturnType<typeof appRole>> {
  const { data: id } = await leases().admin.read(`auth/approle/role/${role}/role-id`);
  const { data: secret } = await leases().admin.write(`auth/approle/role/${role}/secret-id`);
  return appRole({ roleId: id?.role_id as string, secretId: secret?.secret_id as string });
}

async function wrap(path: string, ttl: string): Promise<string> {
  const { wrap_info } = await leases().admin.write(path, {}, { 'X-Vault-Wrap-TTL': ttl });
  return wrap_info!.token;
}

const unwrapping = (wrappedSecretId: string): SecretsManagerOptions => ({
  login: appRole({ roleId: 'r', wrappedSecretId }),
});

/** Connects, with a start that waits for nothing, and does one thing. */
async function attempt(
  options: SecretsManagerOptions,
  work: (secrets: SecretsManager) => Promise<unknown> = () => Promise.resolve(),
): Promise<unknown> {
  const { address } = leases().vault;
  const secrets = await SecretsManager.connect({ address, startupSeconds: 1, ...options });
  try {
    return await work(secrets);
  } finally {
    await secrets.close();
  }
}

const query = (role: string) => (secrets: SecretsManager) => {
  const { host, port } = leases().postgres;
  return secrets.postgresPool(role, { host, port, database: 'postgres' }).query('select 1');
};
const kv =
  (path: string, schema: z.ZodType = z.object({})) =>
  (secrets: SecretsManager) =>
    secrets.kv(path, schema);
const wide = async (): Promise<SecretsManagerOptions> => ({ login: await login('wide') });
const lone = async (): Promise<SecretsManagerOptions> => ({ login: await login('lone') });

const mistakes: [string, SecretsErrorCode, RegExp, () => Promise<unknown>][] = [
  [
    'a policy without a lease',
    'ERR_VAULT_CAPABILITY_MISSING',
    /"read" on "database\/creds\/pg".*grantLease/,
    async () => attempt({ login: await login('service-without') }, query('pg')),
  ],
  [
    'a policy without an entry',
    'ERR_VAULT_CAPABILITY_MISSING',
    /"read" on "other\/data\/app".*grantRead/,
    async () => attempt(await wide(), kv('other/app')),
  ],
  [
    'a policy without a look at the own token',
    'ERR_VAULT_CAPABILITY_MISSING',
    /"read" on "auth\/token\/lookup-self".*AppRoleLogin/,
    async () => attempt(await lone(), kv('secret/app')),
  ],
  [
    'a mount that is not there',
    'ERR_KV_NOT_FOUND',
    /absent\/app/,
    async () => attempt(await wide(), kv('absent/app')),
  ],
  [
    'a database mount that is not there',
    'ERR_MOUNT_NOT_FOUND',
    /absent/,
    async () => attempt({ ...(await wide()), databaseMount: 'absent' }, query('pg')),
  ],
  [
    'a database role that is not there',
    'ERR_ROLE_NOT_FOUND',
    /typo/,
    async () => attempt(await wide(), query('typo')),
  ],
  [
    'an entry that is not there',
    'ERR_KV_NOT_FOUND',
    /secret\/none/,
    async () => attempt(await wide(), kv('secret/none')),
  ],
  [
    'an entry that does not fit its schema',
    'ERR_KV_SCHEMA',
    /db_port \(invalid_type\)/,
    async () => attempt(await wide(), kv('secret/app', z.object({ db_port: z.number(), key: z.string() }))),
  ],
  [
    'a path that is none',
    'ERR_SECRETS_CONFIG',
    /as in secret\/fintech-api\/config/,
    async () => attempt(await wide(), kv('secret')),
  ],
  [
    'a login at a mount that is not there',
    'ERR_VAULT_LOGIN_REFUSED',
    /auth\/jwt-absent\/login/,
    () => attempt({ login: jwtLogin({ role: 'r', token: 'header.claims.signature', mount: 'jwt-absent' }) }),
  ],
  [
    'a secret ID that was never one',
    'ERR_VAULT_LOGIN_REFUSED',
    /mint a new one/,
    () => attempt({ login: appRole({ roleId: randomUUID(), secretId: 'canary-of-a-value' }) }),
  ],
  [
    'a secret ID in a file that is not there',
    'ERR_LOGIN_SOURCE',
    /\/nonexistent\/secret-id/,
    () => attempt({ login: appRole({ roleId: 'r', secretId: { file: '/nonexistent/secret-id' } }) }),
  ],
  [
    'a wrapping token of another path',
    'ERR_WRAPPING_TOKEN_FOREIGN',
    /auth\/approle\/role\/<role>\/secret-id/,
    async () => attempt(unwrapping(await wrap('sys/wrapping/wrap', '60s'))),
  ],
  [
    'a wrapping token that is no token',
    'ERR_WRAPPING_TOKEN_INVALID',
    /expired/,
    () => attempt(unwrapping('canary-of-a-value')),
  ],
  [
    'a wrapping token that has expired',
    'ERR_WRAPPING_TOKEN_INVALID',
    /expired/,
    async () => {
      const token = await wrap('auth/approle/role/wide/secret-id', '1s');
      const lookup = (): Promise<unknown> => leases().admin.write('sys/wrapping/lookup', { token });
      await until(() => expect(lookup()).rejects.toThrow());
      return attempt(unwrapping(token));
    },
  ],
  [
    'plain HTTP to another host',
    'ERR_VAULT_ADDRESS_INSECURE',
    /allowPlainHttp/,
    async () => attempt({ ...(await wide()), address: 'http://vault.example.com:8200' }),
  ],
  [
    'plain HTTP to a host that only begins as loopback does',
    'ERR_VAULT_ADDRESS_INSECURE',
    /127\.0\.0\.1\.evil\.example/,
    async () => attempt({ ...(await wide()), address: 'http://127.0.0.1.evil.example' }),
  ],
  [
    'an address that is none',
    'ERR_SECRETS_CONFIG',
    /is not an http\(s\) URL: \(not a URL\)/,
    async () => attempt({ ...(await wide()), address: 'vault:8200' }),
  ],
  [
    'an authority in a file that is not there',
    'ERR_SECRETS_CONFIG',
    /\/nonexistent\/ca.pem/,
    async () => attempt({ ...(await wide()), caFile: '/nonexistent/ca.pem' }),
  ],
  [
    'a Vault that is not there',
    'ERR_VAULT_UNREACHABLE',
    /127\.0\.0\.1:1 \(ECONNREFUSED\)/,
    async () => attempt({ ...(await wide()), address: 'http://127.0.0.1:1' }),
  ],
];

test.each(mistakes)('%s is %s', async (_what, code, message, mistake) => {
  if (code === 'ERR_VAULT_CAPABILITY_MISSING') {
    await leases().admin.write('auth/approle/role/service-without', { token_period: '60s' });
  }
  const error: unknown = await mistake().catch((failure: unknown) => failure);
  expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string });
  expect(JSON.stringify([error, (error as Error).message, (error as Error).stack])).not.toContain('canary');
});
