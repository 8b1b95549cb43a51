/**
 * What jobs of the repository may do in Vault: the real server and the real provider; the identities are of the
 * shape of GitHub's, by an issuer of the test's own.
 */
import { handOverStep, sweepStep } from '../../constructs/src/github/delivery/environment-jobs';
import { PORTCULLIS } from '../../constructs/src/github/workflow/repository-tools';
import { App } from 'cdktf';
import { execFile } from 'node:child_process';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { VaultClient } from '../../cli/src/engines/vault-client';
import { redisCommand } from '../../cli/src/local/servers/redis';
import { policy } from '../../policy';
import { defineEnvironment } from '../../stacks/environments/define-environment';
import { local } from '../../stacks/environments/local';
import { VaultStack } from '../../stacks/vault-stack';
import { startJobIssuer, type JobClaims, type JobIssuer } from '../support/github/job-issuer';
import { canary, useVaultDeployment } from './vault-deployment';

const CHECKOUT = join(__dirname, '../..');
const VAULT = 'https://vault.fintech.example.com';
const REPOSITORY = { repository: 'fintech-example/fintech-api', repository_id: '714285714' };
const MAIN = 'refs/heads/main';
const workflow = (name: string, ref = MAIN) => ({
  job_workflow_ref: `${REPOSITORY.repository}/.github/workflows/${name}.yml@${ref}`,
  ref,
});
const PULL_REQUEST: JobClaims = {
  ...REPOSITORY,
  ...workflow('plan', 'refs/pull/7/merge'),
  event_name: 'pull_request',
};
const DEPLOY: JobClaims = { ...REPOSITORY, ...workflow('deploy'), event_name: 'push', environment: 'local' };
const SCAN: JobClaims = {
  ...REPOSITORY,
  ...workflow('security'),
  event_name: 'schedule',
  environment: 'local',
};

const deployment = useVaultDeployment();
const secret = canary();
let issuer: JobIssuer;
/** Where cdktf.json is, as in the user's checkout. */
let app: string;

beforeAll(async () => {
  issuer = await startJobIssuer();
  synthesize();
  app = await appFolder();
  const { bootstrap, admin } = deployment();
  const config = {
    oauth_client_secret: secret,
    jwt_signing_key: 'b'.repeat(32),
    encryption_key: 'c'.repeat(32),
  };
  for (const args of [
    ['init', '-input=false'],
    ['apply', '-input=false', '-auto-approve'],
  ]) {
    const { code, output } = await deployment().engineRun(args, {
      TF_VAR_fintech_api_config: JSON.stringify({ ...config, db_host: 'd', db_port: '1' }),
      TF_VAR_postgres_admin_password: bootstrap.postgres,
      TF_VAR_redis_bootstrap_password: bootstrap.redis,
    });
    if (code !== 0) throw new Error(output);
  }
  await admin.write(`secret/data/${policy.name}/scan`, { data: { slack_webhook: 'https://example.com' } });
});

afterAll(() => issuer.close());

/** `vault-local`, delivered as the shared environments are. */
function synthesize(ofPolicy = policy): void {
  const { folder, output, engine, redis, databaseUrl } = deployment();
  process.env.TERRAFORM_BINARY_NAME = engine; // as cdktf tells the app
  const environment = local({
    PORTCULLIS_DATABASE_URL: databaseUrl,
    PORTCULLIS_REDIS_URL: `redis://${redis.host}:${redis.port}`,
    PORTCULLIS_STATE_DIR: folder,
  });
  const delivery = {
    vaultAddress: VAULT,
    issuer: issuer.url,
    repository: REPOSITORY.repository,
    repositoryId: REPOSITORY.repository_id,
  };
  const synthesized = new App({ outdir: output });
  new VaultStack(synthesized, {
    policy: ofPolicy,
    environment: defineEnvironment({ ...environment, delivery }),
  });
  synthesized.synth();
  delete process.env.TERRAFORM_BINARY_NAME;
}

/** The folder of an app that gives what was synthesized. */
async function appFolder(): Promise<string> {
  const { run, output } = deployment();
  const folder = await run.subfolder('app');
  const copy = `cd ${output} && cp --parents manifest.json stacks/vault-local/cdk.tf.json "$CDKTF_OUTDIR"`;
  await writeFile(join(folder, 'cdktf.json'), JSON.stringify({ app: copy }));
  for (const name of ['node_modules', 'package-lock.json']) {
    await symlink(join(CHECKOUT, name), join(folder, name));
  }
  return folder;
}

const login = async (role: string, claims: JobClaims, audience = VAULT): Promise<string> => {
  const jwt = await issuer.tokenFor(audience, claims);
  const { auth } = await new VaultClient(deployment().vault.address).write('auth/github/login', {
    role,
    jwt,
  });
  return auth?.client_token ?? '';
};

const as = async (role: string, claims: JobClaims): Promise<VaultClient> =>
  new VaultClient(deployment().vault.address, await login(role, claims));

const REFUSED = expect.objectContaining({ status: 403 }) as Error;
const NO_LOGIN = expect.objectContaining({ status: 400 }) as Error;

describe('a job of a pull request', () => {
  it('plans: no change, after a deploy', async () => {
    const VAULT_TOKEN = await login('github-plan', PULL_REQUEST);
    const variables = { VAULT_TOKEN, TSX_TSCONFIG_PATH: join(CHECKOUT, 'tsconfig.json') };
    const { code, output } = await deployment().portcullis(['plan', 'vault-local'], variables, app);
    expect(output).toContain('no change');
    expect(code).toBe(0);
  });

  it('changes nothing, whatever it tries to apply', async () => {
    const VAULT_TOKEN = await login('github-plan', PULL_REQUEST);
    const { code, output } = await withCredentialsOf(1_800, { VAULT_TOKEN });
    expect(output).toContain('permission denied');
    expect(code).toBe(1);
    const { data } = await deployment().admin.read(`auth/approle/role/${policy.name}`);
    expect(data).toMatchObject({ token_period: deployed.lifetimes.credentialSeconds });
  });

  it('reads no secret, leases nothing, and makes no token', async () => {
    const client = await as('github-plan', PULL_REQUEST);
    const api = policy.name;
    for (const path of [`secret/data/${api}/config`, `secret/data/${api}/scan`, `secret/metadata/${api}`]) {
      await expect(client.read(path)).rejects.toEqual(REFUSED);
    }
    for (const role of [`${api}-role`, 'redis-role', 'redis-sweep-role']) {
      await expect(client.read(`database/creds/${role}`)).rejects.toEqual(REFUSED);
    }
    for (const path of [`auth/approle/role/${api}/secret-id`, 'auth/token/create', 'sys/policies/acl/x']) {
      await expect(client.write(path)).rejects.toEqual(REFUSED);
    }
    await expect(client.list('sys/leases/lookup/database')).rejects.toEqual(REFUSED);
  });

  it('is shown no password of a connection that it reads', async () => {
    const client = await as('github-plan', PULL_REQUEST);
    for (const connection of ['postgres', 'redis']) {
      const shown = JSON.stringify(await client.read(`database/config/${connection}`));
      expect(shown).not.toMatch(/"password"/);
      for (const password of Object.values(deployment().bootstrap)) expect(shown).not.toContain(password);
    }
  });

  it.each(['github-deploy', 'github-scan'])('does not get %s', async (role) => {
    await expect(login(role, PULL_REQUEST)).rejects.toEqual(NO_LOGIN);
    await expect(login(role, { ...PULL_REQUEST, environment: 'local' })).rejects.toEqual(NO_LOGIN);
  });
});

describe.each([
  ['github-plan', PULL_REQUEST],
  ['github-deploy', DEPLOY],
  ['github-scan', SCAN],
])('%s', (role, claims) => {
  it('is given to its own jobs', async () => {
    await expect(login(role, claims)).resolves.not.toBe('');
  });

  it.each<[string, JobClaims]>([
    ['another repository that took the name over', { repository_id: '1' }],
    ['a fork', { repository: 'mallory/fintech-api', repository_id: '2' }],
    ['another repository', { repository: 'fintech-example/fintech-web' }],
  ])('is not given to a job of %s', async (_, other) => {
    await expect(login(role, { ...claims, ...other })).rejects.toEqual(NO_LOGIN);
  });

  it('is not given for a token that was made for somebody else', async () => {
    await expect(login(role, claims, 'https://vault.example.org')).rejects.toEqual(NO_LOGIN);
  });

  it('is not given for a token of another issuer', async () => {
    const other = await startJobIssuer();
    const jwt = await other.tokenFor(VAULT, claims);
    await other.close();
    const anonymous = new VaultClient(deployment().vault.address);
    await expect(anonymous.write('auth/github/login', { role, jwt })).rejects.toEqual(NO_LOGIN);
  });
});

describe('a job that deploys', () => {
  it.each<[string, JobClaims]>([
    ['of another branch', { ref: 'refs/heads/other' }],
    ['of another environment', { environment: 'dev' }],
    ['that scans, in the same environment', { job_workflow_ref: workflow('security').job_workflow_ref }],
    [
      'of the same workflow on a branch',
      { job_workflow_ref: workflow('deploy', 'refs/heads/x').job_workflow_ref },
    ],
  ])('has nothing if it is one %s', async (_, other) => {
    await expect(login('github-deploy', { ...DEPLOY, ...other })).rejects.toEqual(NO_LOGIN);
  });

  it('applies a change of mounts, roles and logins', async () => {
    const VAULT_TOKEN = await login('github-deploy', DEPLOY);
    const { code, output } = await withCredentialsOf(2_400, { VAULT_TOKEN });
    expect(output).toContain('Apply complete');
    expect(code).toBe(0);
    const { data } = await deployment().admin.read(`auth/approle/role/${policy.name}`);
    expect(data).toMatchObject({ token_period: 2_400 });
  });

  it('writes a new value of a secret, and cannot read it', async () => {
    const client = await as('github-deploy', DEPLOY);
    await client.write(`secret/data/${policy.name}/config`, { data: { oauth_client_secret: 'new' } });
    await expect(client.read(`secret/data/${policy.name}/config`)).rejects.toEqual(REFUSED);
  });

  it('mints a secret ID, wrapped for two minutes at most and never bare', async () => {
    const client = await as('github-deploy', DEPLOY);
    const path = `auth/approle/role/${policy.name}/secret-id`;
    const { wrap_info } = await client.write(path, {}, { 'X-Vault-Wrap-TTL': '120s' });
    expect(wrap_info).toMatchObject({ creation_path: path });
    await expect(client.write(path)).rejects.toEqual(REFUSED);
    await expect(client.write(path, {}, { 'X-Vault-Wrap-TTL': '1h' })).rejects.toEqual(REFUSED);
  });

  it('starts the service with a login that the service alone can open', async () => {
    const { address } = deployment().vault;
    const command = 'printf "%s %s %s" "$VAULT_ROLE_ID" "$VAULT_WRAPPED_SECRET_ID" "${VAULT_TOKEN-gone}"';
    const { run = '' } = handOverStep(address, { appRole: policy.name, command });
    const { stdout } = await inShell(run, {
      VAULT_ADDR: address,
      VAULT_TOKEN: await login('github-deploy', DEPLOY),
    });
    const [mask, started = ''] = stdout.split('\n');
    const [role_id, wrapped = '', token] = started.split(' ');
    expect({ mask, token }).toEqual({ mask: `::add-mask::${wrapped}`, token: 'gone' });
    const { data } = await new VaultClient(address, wrapped).write('sys/wrapping/unwrap');
    const { auth } = await new VaultClient(address).write('auth/approle/login', {
      role_id,
      secret_id: data?.secret_id,
    });
    const service = new VaultClient(address, auth?.client_token);
    await expect(service.read(`secret/data/${policy.name}/config`)).resolves.toBeDefined();
  });

  it('starts nothing when it may not mint', async () => {
    const { address } = deployment().vault;
    const { run = '' } = handOverStep(address, { appRole: policy.name, command: 'echo started' });
    const VAULT_TOKEN = await login('github-plan', PULL_REQUEST);
    const started = inShell(run, { VAULT_ADDR: address, VAULT_TOKEN });
    await expect(started).rejects.toMatchObject({ code: 22, stdout: '' });
  });

  it('removes users of Redis that no lease stands for', async () => {
    const { redis } = deployment();
    const orphan = 'V_TOKEN_REDIS-ROLE_ABCDEFGHIJ0123456789_1700000000';
    await redisCommand(redis.adminUrl, ['ACL', 'SETUSER', orphan, 'on', '>canary', '+ping']);
    const { run = '', env } = sweepStep(VAULT, redis);
    expect(run).toBe(`${PORTCULLIS} secrets sweep-redis`);
    const { code, output } = await deployment().portcullis(['secrets', 'sweep-redis'], {
      ...env,
      VAULT_ADDR: deployment().vault.address,
      VAULT_TOKEN: await login('github-deploy', DEPLOY),
    });
    expect(output).toContain(`removed ${orphan}`);
    expect(code).toBe(0);
    const users = (await redisCommand(redis.adminUrl, ['ACL', 'USERS'])) as string[];
    expect(users.filter((user) => user.startsWith('V_'))).toEqual([]);
  });

  it('touches nothing of another application, not even of one whose name begins alike', async () => {
    const client = await as('github-deploy', DEPLOY);
    for (const path of [
      `sys/policies/acl/${policy.name}-billing`,
      `database/roles/${policy.name}-role-billing`,
      'database/roles/billing-role',
      'database/config/billing',
      'database/rotate-root/billing',
      `auth/approle/role/${policy.name}-billing`,
    ]) {
      await expect(client.write(path, { policy: 'path "*" {}' })).rejects.toEqual(REFUSED);
      await expect(client.read(path)).rejects.toEqual(REFUSED);
    }
  });

  it('cannot widen what jobs may do', async () => {
    const client = await as('github-deploy', DEPLOY);
    for (const path of [
      'auth/github/role/github-plan',
      'auth/github/config',
      'sys/policies/acl/github-plan',
    ]) {
      await expect(client.write(path, { policy: 'path "*" {}' })).rejects.toEqual(REFUSED);
    }
  });
});

describe('a job that scans', () => {
  it('reads what the scan needs, and nothing else', async () => {
    const client = await as('github-scan', SCAN);
    await expect(client.read(`secret/data/${policy.name}/scan`)).resolves.toBeDefined();
    await expect(client.read(`secret/data/${policy.name}/config`)).rejects.toEqual(REFUSED);
    await expect(client.read('sys/policies/acl/fintech-api')).rejects.toEqual(REFUSED);
  });

  it('is the workflow that scans, of main', async () => {
    await expect(login('github-scan', { ...SCAN, ...workflow('plan') })).rejects.toEqual(NO_LOGIN);
  });
});

/** As GitHub runs a step whose shell is `bash`. */
function inShell(script: string, variables: NodeJS.ProcessEnv): Promise<{ stdout: string }> {
  const env = { PATH: process.env.PATH, ...variables };
  return promisify(execFile)('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], { env });
}

/** What is deployed, and what the app synthesizes before and after each test. */
let deployed = policy;

/** Applies the stack with another life of credentials, as the given identity. */
async function withCredentialsOf(credentialSeconds: number, variables: NodeJS.ProcessEnv) {
  const changed = { ...policy, lifetimes: { ...policy.lifetimes, credentialSeconds } };
  synthesize(changed);
  const outcome = await deployment().engineRun(
    ['apply', '-input=false', '-auto-approve', '-no-color'],
    variables,
  );
  if (outcome.code === 0) deployed = changed;
  synthesize(deployed);
  return outcome;
}
