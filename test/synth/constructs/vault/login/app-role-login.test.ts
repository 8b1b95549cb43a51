import { AppRoleLogin, WrappedSecretIdMinter, type AppRoleLoginProps } from '@portcullis/constructs';
import { only, refusal, stackIn, synthesize } from '../../../../support/synth/synthesize';

const synthesizeLogin = (props: Partial<AppRoleLoginProps> = {}) =>
  synthesize((stack) => new AppRoleLogin(stack, 'login', { name: 'fintech-api', ...props }));

it('mounts AppRole and gives the role tokens that renew for ever and hold one policy', () => {
  const synthesized = synthesizeLogin();
  expect(only(synthesized, 'vault_auth_backend')).toEqual({ type: 'approle', path: 'approle' });
  expect(only(synthesized, 'vault_approle_auth_backend_role')).toMatchObject({
    role_name: 'fintech-api',
    token_period: 3_600,
    token_no_default_policy: true,
    token_policies: [expect.stringMatching(/^\$\{vault_policy\.login_policy_\w+\.name\}$/)],
    secret_id_num_uses: 1,
    secret_id_ttl: 600,
  });
});

it('binds secret IDs and tokens to address ranges', () => {
  const role = only(
    synthesizeLogin({ secretIdBoundCidrs: ['10.0.0.0/8'], tokenBoundCidrs: ['10.1.0.0/16', '::1/128'] }),
    'vault_approle_auth_backend_role',
  );
  expect(role).toMatchObject({
    secret_id_bound_cidrs: ['10.0.0.0/8'],
    token_bound_cidrs: ['10.1.0.0/16', '::1/128'],
  });
});

it('lets a token look after itself, and nothing else, until something is granted', () => {
  expect(only(synthesizeLogin(), 'vault_policy')).toEqual({
    name: 'fintech-api',
    policy: `# is my token still valid
path "auth/token/lookup-self" {
  capabilities = ["read"]
}

# keep my token alive
path "auth/token/renew-self" {
  capabilities = ["update"]
}

# leave nothing behind at shutdown
path "auth/token/revoke-self" {
  capabilities = ["update"]
}
`,
  });
});

it('lets whoever starts the service mint secret IDs only wrapped, for 30 to 120 seconds', () => {
  const synthesized = synthesize((stack) => {
    const login = new AppRoleLogin(stack, 'login', { name: 'fintech-api', mount: 'machines' });
    new WrappedSecretIdMinter(stack, 'orchestrator', { login });
  });
  expect(only(synthesized, 'vault_policy', 'fintech-api-orchestrator').policy).toBe(
    `# which role the service logs in as
path "auth/machines/role/fintech-api/role-id" {
  capabilities = ["read"]
}

# a secret ID, but only wrapped: the service alone unwraps it, once
path "auth/machines/role/fintech-api/secret-id" {
  capabilities = ["update"]
  min_wrapping_ttl = "30s"
  max_wrapping_ttl = "120s"
}
`,
  );
});

it('never makes a secret ID itself', () => {
  expect(synthesizeLogin().text).not.toContain('role_secret_id');
});

it.each<[string, Partial<AppRoleLoginProps>, string]>([
  ['a name with a glob', { name: 'fintech-*' }, 'ERR_VAULT_NAME'],
  ['a name that climbs', { name: '../admin' }, 'ERR_VAULT_NAME'],
  ['an empty name', { name: '' }, 'ERR_VAULT_NAME'],
  ['a mount with a leading slash', { mount: '/approle' }, 'ERR_VAULT_NAME'],
  ['a period of nothing', { tokenPeriodSeconds: 0 }, 'ERR_DURATION'],
  ['a fraction of a second', { secretIdTtlSeconds: 0.5 }, 'ERR_DURATION'],
  ['an address without a range', { tokenBoundCidrs: ['10.0.0.1'] }, 'ERR_CIDR'],
  ['a range that is too long', { secretIdBoundCidrs: ['10.0.0.0/33'] }, 'ERR_CIDR'],
  ['a host name', { secretIdBoundCidrs: ['example.com/24'] }, 'ERR_CIDR'],
])('refuses %s, saying where', (_what, props, code) => {
  expect(() => new AppRoleLogin(stackIn(), 'login', { name: 'fintech-api', ...props })).toThrow(
    refusal(code, {
      constructPath: 'test/login',
      message: expect.stringMatching(/^test\/login: received .*; give /) as string,
    }),
  );
});
