import {
  AppRoleLogin,
  AppRoleMount,
  SupportAccess,
  WrappedSecretIdMinter,
  type AppRoleLoginProps,
} from '@portcullis/constructs';
import { policy } from '../../../../../policy';
import { idsOf, only, refusedProps, stackIn, synthesize } from '../../../../support/synth/synthesize';

const synthesizeLogin = (props: Partial<AppRoleLoginProps> = {}) =>
  synthesize((stack) => new AppRoleLogin(stack, 'login', { name: 'fintech-api', ...props }));

it('mounts AppRole and gives the role tokens that renew for ever and hold one policy', () => {
  const synthesized = synthesizeLogin();
  expect(only(synthesized, 'vault_auth_backend')).toEqual({ type: 'approle', path: 'approle' });
  expect(only(synthesized, 'vault_approle_auth_backend_role')).toMatchObject({
    role_name: 'fintech-api',
    token_period: 3_600,
    token_no_default_policy: true,
    token_policies: ['${vault_policy.fintech-api.name}'],
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
    const login = new AppRoleLogin(stack, 'login', {
      name: 'fintech-api',
      mount: new AppRoleMount(stack, 'machines', { path: 'machines' }),
    });
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

const shortLived = { lifetimes: { ...policy.lifetimes, credentialSeconds: 900 } };

it('gives tokens and secret IDs the shorter life that a policy says', () => {
  expect(only(synthesizeLogin({ policy: shortLived }), 'vault_approle_auth_backend_role')).toMatchObject({
    token_period: 900,
    secret_id_ttl: 600,
  });
  const brief = { lifetimes: { ...policy.lifetimes, credentialSeconds: 300 } };
  expect(only(synthesizeLogin({ policy: brief }), 'vault_approle_auth_backend_role')).toMatchObject({
    token_period: 300,
    secret_id_ttl: 300,
  });
});

it.each<[string, Partial<AppRoleLoginProps>, string]>([
  ['a name with a glob', { name: 'fintech-*' }, 'name'],
  ['a name that climbs', { name: '../admin' }, 'name'],
  ['an empty name', { name: '' }, 'name'],
  ['no name', { name: undefined as never }, 'name'],
  ['the policy that every token has', { name: 'default' }, 'name'],
  ['the policy of root, however it is written', { name: 'Root' }, 'name'],
  ['a path for a mount', { mount: 'approle' as never }, 'mount'],
  ['a period of nothing', { tokenPeriodSeconds: 0 }, 'tokenPeriodSeconds'],
  ['a period above an hour', { tokenPeriodSeconds: 3_601 }, 'tokenPeriodSeconds'],
  ["a period above the policy's", { tokenPeriodSeconds: 901, policy: shortLived }, 'tokenPeriodSeconds'],
  ['a fraction of a second', { secretIdTtlSeconds: 0.5 }, 'secretIdTtlSeconds'],
  ['a secret ID above an hour', { secretIdTtlSeconds: 3_601 }, 'secretIdTtlSeconds'],
  [
    "a secret ID above the policy's life",
    { secretIdTtlSeconds: 901, policy: shortLived },
    'secretIdTtlSeconds',
  ],
  ['an address without a range', { tokenBoundCidrs: ['10.0.0.1'] }, 'tokenBoundCidrs[0]'],
  ['a range with a rest', { tokenBoundCidrs: ['10.0.0.0/8/8'] }, 'tokenBoundCidrs[0]'],
  ['a range that is too long', { secretIdBoundCidrs: ['10.0.0.0/33'] }, 'secretIdBoundCidrs[0]'],
  ['a host name', { secretIdBoundCidrs: ['example.com/24'] }, 'secretIdBoundCidrs[0]'],
  ['an empty list, which means anywhere', { secretIdBoundCidrs: [] }, 'secretIdBoundCidrs'],
  ['one text for a list', { tokenBoundCidrs: '10.0.0.0/8' as never }, 'tokenBoundCidrs'],
])('refuses %s, saying where', (_what, props, path) => {
  const make = () => new AppRoleLogin(stackIn(), 'login', { name: 'fintech-api', ...props });
  expect(make).toThrow(refusedProps(path));
  expect(make).toThrow(/^test\/login: .*; expected /s);
});

it.each(['/approle', 'token', '', 'a b'])(
  'mounts no method at %j, and takes none for one that exists',
  (path) => {
    expect(() => new AppRoleMount(stackIn(), 'mount', { path })).toThrow(refusedProps('path'));
    expect(() => AppRoleMount.at(path)).toThrow(refusedProps('path'));
  },
);

it('has several logins in one method', () => {
  const synthesized = synthesize((stack) => {
    const mount = new AppRoleMount(stack, 'machines', { path: 'machines' });
    for (const name of ['orders', 'billing']) new AppRoleLogin(stack, name, { name, mount });
  });
  expect(only(synthesized, 'vault_auth_backend')).toEqual({ type: 'approle', path: 'machines' });
  expect(idsOf(synthesized)).toEqual(
    expect.arrayContaining([
      'vault_approle_auth_backend_role.machines__billing',
      'vault_approle_auth_backend_role.machines__orders',
    ]),
  );
});

it('names all problems at once', () => {
  const props = { name: 'a b', mount: '/' as never, tokenPeriodSeconds: -1, tokenBoundCidrs: [] };
  expect(() => new AppRoleLogin(stackIn(), 'login', props)).toThrow(
    refusedProps('name', 'mount', 'tokenPeriodSeconds', 'tokenBoundCidrs'),
  );
});

it.each(['default', 'ROOT', 'response-wrapping'])(
  'refuses the policy %s, which is of Vault itself',
  (name) => {
    expect(() => new SupportAccess(stackIn(), 'support', { name })).toThrow(refusedProps('name'));
    const login = new AppRoleLogin(stackIn(), 'login', { name: 'fintech-api' });
    expect(() => new WrappedSecretIdMinter(login, 'minter', { login, name })).toThrow(refusedProps('name'));
  },
);
