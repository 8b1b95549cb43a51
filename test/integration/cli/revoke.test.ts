/** `portcullis revoke` on the environment that is really deployed: in force within a second, by who may do nothing else. */
import { followRevocations, type AuthContext, type RevocationList } from '@portcullis/runtime';
import { readFile } from 'node:fs/promises';
import { createClient } from 'redis';
import { VaultClient } from '../../../cli/src/engines/vault-client';
import { withLeasedRedis } from '../../../cli/src/connections/leased-redis';
import { policy } from '../../../policy';
import { MOUNTS, REDIS_ROLES } from '../../../vault-names';
import { deployed } from '../../support/deployed';
import { portcullis, type Ran } from '../../support/portcullis';
import { until } from '../../support/until';

const admin = (): VaultClient => new VaultClient(deployed().vault.address, deployed().vault.rootToken);

let token: string;
let redis: ReturnType<typeof createClient>;
let revocations: RevocationList;
beforeAll(async () => {
  const support = { policies: [`${policy.name}-support`], no_default_policy: true, ttl: '600s' };
  token = (await admin().write('auth/token/create', support)).auth?.client_token ?? '';
  redis = createClient({ url: deployed().redis.adminUrl });
  await redis.connect();
  revocations = followRevocations({ policy, redis, issuers: [deployed().issuer] });
  await until(() => revocations.current);
});
afterAll(() => {
  revocations.close();
  redis.destroy();
});

const env = (): NodeJS.ProcessEnv => ({
  VAULT_ADDR: deployed().vault.address,
  VAULT_TOKEN: token,
  REDIS_HOST: deployed().redis.host,
  REDIS_PORT: String(deployed().redis.port),
  OIDC_ISSUER_URL: deployed().issuer,
});

const revoke = (args: readonly string[], input = ''): Promise<Ran> =>
  portcullis(['revoke', ...args], { env: env(), input });

const caller = (claims: Record<string, string | number>): AuthContext => ({
  ...{ issuer: deployed().issuer, tier: 'free', scopes: [], expiresAt: 0, claims },
  subject: String(claims.sub),
  organisation: String(claims.org_id ?? 'org-1'),
});
const WHY = ['--reason', 'ticket 4711: stolen laptop'];

it('refuses a token that it is given on standard input, and says nothing of it but its ID', async () => {
  const claims = { iss: deployed().issuer, sub: 'ada', jti: 'stolen-1', iat: 1_000 };
  const text = ['header', Buffer.from(JSON.stringify(claims)).toString('base64url'), 'signature'].join('.');
  const { code, stdout, stderr } = await revoke([...WHY, '--json'], `${text}\n`);
  expect({ code, stderr, revoked: (JSON.parse(stdout) as { revoked: string }).revoked }).toEqual({
    code: 0,
    stderr: '',
    revoked: 'token stolen-1',
  });
  await until(() => revocations.revoked(caller({ sub: 'ada', jti: 'stolen-1' })));
  expect(revocations.revoked(caller({ sub: 'ada', jti: 'another' }))).toBe(false);
});

it.each([
  ['a person', ['--subject', 'eve'], { sub: 'eve' }],
  ['a session', ['--session', 'session-9'], { sub: 'mallory', sid: 'session-9' }],
  ['an organisation', ['--org', 'stolen-org', '--yes'], { sub: 'bob', org_id: 'stolen-org' }],
])('refuses all of %s', async (_whom, args, claims) => {
  expect(await revoke([...args, ...WHY])).toMatchObject({ code: 0, stderr: '' });
  await until(() => revocations.revoked(caller({ jti: 'any', iat: 1_000, ...claims })));
  expect(revocations.revoked(caller({ sub: 'somebody', jti: 'any', iat: 1_000 }))).toBe(false);
});

it('the stream lives as long as what was added counts', async () => {
  const key = `portcullis:{${policy.name}}:revocations`;
  await redis.persist(key);
  await revoke(['--subject', 'trent', ...WHY]);
  await until(async () => (await redis.pTTL(key)) > policy.lifetimes.sessionSeconds * 1_000);
});

it('an organisation wants somebody who confirms, and nothing is revoked without a reason', async () => {
  expect(await revoke(['--org', 'acme', ...WHY])).toMatchObject({ code: 2, stdout: '' });
  expect((await revoke(['--subject', 'carol'])).code).not.toBe(0);
  expect((await revoke(['--subject', 'carol', '--session', 'x', ...WHY])).stderr).toContain(
    'give one of them',
  );
});

it('its user adds revocations and can do nothing else, and Vault has who asked, and why', async () => {
  const role = { mount: MOUNTS.database, role: REDIS_ROLES.revoke, reason: 'ticket 4712' };
  const key = `portcullis:{${policy.name}}:revocations`;
  await withLeasedRedis(env(), role, async (leased) => {
    for (const refused of [
      ['XRANGE', key, '-', '+'],
      ['DEL', key],
      ['PEXPIRE', key, '1'],
      ['XTRIM', key, 'MAXLEN', '0'],
      ['EVAL', 'return 1', '0'],
      ['XADD', 'portcullis:{nobody}:60', '*', 'a', 'b'],
      ['ACL', 'WHOAMI'],
    ])
      await expect(leased.sendCommand(refused)).rejects.toThrow(/NOPERM/);
  });
  const devices = (await admin().read('sys/audit')).data as Record<
    string,
    { options: { file_path?: string } }
  >;
  const [file] = Object.values(devices).flatMap(({ options }) => options.file_path ?? []);
  const audit = await readFile(file!, 'utf8');
  const asked = audit.split('\n').filter((line) => line.includes(`creds/${REDIS_ROLES.revoke}`));
  expect(asked.some((line) => line.includes('"reason":"ticket 4712"'))).toBe(true);
});
