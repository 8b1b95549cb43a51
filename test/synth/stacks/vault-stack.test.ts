import { definePolicy } from '@portcullis/runtime/policy';
import { Testing } from 'cdktf';
import { policy } from '../../../policy';
import { loadEnvironments } from '../../../stacks/environments';
import type { Environment } from '../../../stacks/environments/define-environment';
import { dev } from '../../../stacks/environments/dev';
import { local } from '../../../stacks/environments/local';
import { VaultStack } from '../../../stacks/vault-stack';
import { all, only, synthesize } from '../../support/synth/synthesize';

const stackOf = (environment: Environment = dev(), ofPolicy = policy) =>
  synthesize(new VaultStack(Testing.app(), { policy: ofPolicy, environment }));

it('is one stack for each environment, named after it', () => {
  const app = Testing.app();
  const stacks = loadEnvironments().map((environment) => new VaultStack(app, { policy, environment }));
  expect(stacks.map(({ node }) => node.id)).toEqual([
    'vault-local',
    'vault-dev',
    'vault-staging',
    'vault-prod',
  ]);
});

it('asks for three secrets, and none of them has a default value', () => {
  const { variable } = stackOf(local({}));
  expect(Object.keys(variable)).toEqual([
    'fintech_api_config',
    'postgres_admin_password',
    'redis_bootstrap_password',
    'state_passphrase',
  ]);
  const { state_passphrase, ...secrets } = variable;
  expect(state_passphrase).not.toHaveProperty('default');
  expect(Object.values(secrets).map((one) => one.default)).toEqual([null, null, null]);
});

it('lets the service do exactly this', () => {
  const rules = only(stackOf(local({})), 'vault_policy', 'fintech-api').policy as string;
  expect(rules.match(/^path ".*"/gm)).toEqual([
    'path "auth/token/lookup-self"',
    'path "auth/token/renew-self"',
    'path "auth/token/revoke-self"',
    'path "pseudonyms/encrypt/fintech-api"',
    'path "secret/data/fintech-api/config"',
    'path "secret/data/fintech-api/limits"',
    'path "database/creds/fintech-api-role"',
    'path "sys/leases/revoke/database/creds/fintech-api-role/*"',
    'path "database/creds/redis-role"',
    'path "sys/leases/revoke/database/creds/redis-role/*"',
  ]);
});

it('lets support change limits, lease Redis users for it and for revocations, and nothing else', () => {
  const synthesized = stackOf(local({}));
  const rules = only(synthesized, 'vault_policy', 'fintech-api-support').policy as string;
  expect(rules.match(/^path ".*"/gm)).toEqual([
    'path "secret/data/fintech-api/limits"',
    'path "database/creds/redis-support-role"',
    'path "sys/leases/revoke/database/creds/redis-support-role/*"',
    'path "database/creds/redis-revoke-role"',
    'path "sys/leases/revoke/database/creds/redis-revoke-role/*"',
  ]);
  expect(rules).toContain('capabilities = ["create", "read", "update", "patch"]');
  const role = only(synthesized, 'vault_database_secret_backend_role', 'redis-support-role');
  const [statement = ''] = role.creation_statements as string[];
  const acl = JSON.parse(statement) as string[];
  expect(acl).toContain('~portcullis:*');
  expect(acl.filter((rule) => /^\+(h|m|set|x|script|config|acl)/.test(rule))).toEqual(['+mget']);
});

it('takes names and lifetimes from the policy alone', () => {
  const { accessToken, ...rest } = { accessToken: '15m', credential: '20m', rotateAt: '15m' } as const;
  const other = definePolicy({
    name: 'shop',
    issuer: 'https://auth.example.com',
    audience: 'https://shop.example.com',
    tiers: { free: [{ limit: 1, window: '1m' }] },
    defaultTier: 'free',
    routes: [{ method: 'GET', path: '/' }],
    lifetimes: { accessToken, ...rest },
  });
  const synthesized = stackOf(local({}), other);
  // The project is this app's, whatever its API is called.
  delete synthesized.resource.terraform_data?.['portcullis-project'];
  expect(JSON.stringify([synthesized.resource, synthesized.variable])).not.toContain('fintech-api');
  expect(only(synthesized, 'vault_approle_auth_backend_role')).toMatchObject({
    role_name: 'shop',
    token_period: 1_200,
  });
  for (const role of all(synthesized, 'vault_database_secret_backend_role')) {
    expect(role).toMatchObject({ default_ttl: 1_200, max_ttl: 1_200 });
  }
});

it('leaves the address and the token of Vault to VAULT_ADDR and VAULT_TOKEN', () => {
  expect(JSON.parse(stackOf().text)).toMatchObject({ provider: { vault: [{}] } });
});

it('makes audit devices where the server takes them, and none where its configuration has them', () => {
  expect(all(stackOf(), 'vault_audit')).toEqual([]);
  const audit = [
    { name: 'a', filePath: '/audit/a.log' },
    { name: 'b', filePath: '/audit/b.log' },
  ];
  expect(all(stackOf({ ...dev(), vault: { audit } }), 'vault_audit')).toHaveLength(2);
});

it('asks a shared server for two audit devices, after those that it makes, whoever makes them', () => {
  const required = (environment: Environment) =>
    (JSON.parse(stackOf(environment).text) as { data?: { vault_generic_secret?: Record<string, object> } })
      .data?.vault_generic_secret;
  const audit = ['a', 'b'].map((name) => ({ name, filePath: `/audit/${name}.log` }));
  const [byServer] = Object.values(required(dev()) ?? {});
  expect(byServer).toMatchObject({ path: 'sys/audit' });
  expect(byServer).not.toHaveProperty('depends_on');
  const [byStack] = Object.values(required({ ...dev(), vault: { audit } }) ?? {});
  expect(byStack).toMatchObject({ depends_on: ['vault_audit.a', 'vault_audit.b'] });
  expect(required(local({}))).toBeUndefined();
});

it('keeps local state in a file, shared state in S3 with a lock, both encrypted', () => {
  expect(stackOf(local({ PORTCULLIS_STATE_DIR: '/states' })).terraform).toMatchObject({
    backend: { local: { path: '/states/vault-local.tfstate' } },
    encryption: { key_provider: { pbkdf2: {} } },
  });
  expect(stackOf().terraform).toMatchObject({
    backend: { s3: { use_lockfile: true, key: 'portcullis/fintech-api/vault-dev.tfstate' } },
    encryption: { key_provider: { aws_kms: {} } },
  });
});

it('changes nothing when it is synthesized twice', () => {
  expect(stackOf().text).toBe(stackOf().text);
});

it('gives no job of the repository anything in an environment that nobody delivers to', () => {
  expect(all(stackOf(local({})), 'vault_jwt_auth_backend_role')).toEqual([]);
});

it('lets the jobs of one repository in, each with exact claims and for half an hour', () => {
  const roles = all(stackOf(), 'vault_jwt_auth_backend_role').filter((role) => 'bound_claims' in role);
  const repository = { repository: 'fintech-example/fintech-api', repository_id: '714285714' };
  const ref = 'refs/heads/main';
  const workflow = (name: string) => `fintech-example/fintech-api/.github/workflows/${name}@refs/heads/main`;
  expect(Object.fromEntries(roles.map((role) => [role.role_name, role.bound_claims]))).toEqual({
    'github-plan': { ...repository, event_name: 'pull_request,push,workflow_dispatch' },
    // The workflow alone tells them apart.
    'github-deploy': {
      ...repository,
      environment: 'dev',
      ref,
      job_workflow_ref: workflow('deploy.yml'),
    },
    'github-scan': {
      ...repository,
      environment: 'dev',
      ref,
      job_workflow_ref: workflow('security.yml'),
    },
  });
  for (const role of roles) {
    expect(role).toMatchObject({
      bound_claims_type: 'string',
      bound_audiences: ['https://vault.dev.fintech.example.com'],
      token_no_default_policy: true,
      token_max_ttl: 1_800,
    });
  }
});

describe('on AWS', () => {
  it('lets the service in as its task role, and has no secret ID that could be stolen', () => {
    const synthesized = stackOf();
    expect(all(synthesized, 'vault_jwt_auth_backend_role')).toContainEqual(
      expect.objectContaining({
        role_name: 'fintech-api',
        bound_subject: 'arn:aws:iam::111111111111:role/fintech-api-dev-task-eu-central-1',
        bound_audiences: ['https://vault.dev.fintech.example.com'],
        token_period: 3_600,
        token_bound_cidrs: ['10.20.0.0/16'],
      }),
    );
    expect(synthesized.text).not.toMatch(/approle|secret-id/);
  });

  it('lends no Redis user, for ElastiCache lets nobody make one', () => {
    const synthesized = stackOf();
    expect(synthesized.text).not.toMatch(/redis/i);
    const rules = only(synthesized, 'vault_policy', 'fintech-api').policy as string;
    expect(rules.match(/^path ".*"/gm)).toEqual([
      'path "auth/token/lookup-self"',
      'path "auth/token/renew-self"',
      'path "auth/token/revoke-self"',
      'path "pseudonyms/encrypt/fintech-api"',
      'path "secret/data/fintech-api/config"',
      'path "secret/data/fintech-api/limits"',
      'path "database/creds/fintech-api-role"',
      'path "sys/leases/revoke/database/creds/fintech-api-role/*"',
    ]);
  });
});
