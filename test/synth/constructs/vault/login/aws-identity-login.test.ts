import {
  AwsIdentityLogin,
  AwsIdentityMethod,
  KvMount,
  type AwsIdentityLoginProps,
} from '@portcullis/constructs';
import { Token, ref } from 'cdktf';
import { only, refusedProps, stackIn, synthesize } from '../../../../support/synth/synthesize';

const ISSUER = 'https://0a1b2c3d-0a1b-4c2d-8e3f-0a1b2c3d4e5f.tokens.sts.global.api.aws';
const props: AwsIdentityLoginProps = {
  name: 'orders',
  method: AwsIdentityMethod.at('aws'),
  roleArn: 'arn:aws:iam::333333333333:role/orders-task',
  audience: 'https://vault.example.com',
};

it('lets one IAM role in, with tokens that renew for ever and hold one policy', () => {
  const synthesized = synthesize((stack) => {
    const method = new AwsIdentityMethod(stack, 'aws', { issuer: ISSUER });
    new AwsIdentityLogin(stack, 'login', { ...props, method, tokenBoundCidrs: ['10.0.0.0/16'] });
  });
  expect(only(synthesized, 'vault_jwt_auth_backend')).toEqual({
    type: 'jwt',
    path: 'aws',
    oidc_discovery_url: ISSUER,
    bound_issuer: ISSUER,
  });
  expect(only(synthesized, 'vault_jwt_auth_backend_role')).toEqual({
    backend: expect.stringMatching(/^\$\{vault_jwt_auth_backend\.\w+\.path\}$/) as string,
    role_name: 'orders',
    role_type: 'jwt',
    user_claim: 'sub',
    bound_subject: 'arn:aws:iam::333333333333:role/orders-task',
    bound_audiences: ['https://vault.example.com'],
    token_bound_cidrs: ['10.0.0.0/16'],
    token_no_default_policy: true,
    token_period: 3_600,
    token_policies: ['${vault_policy.orders.name}'],
  });
});

it('makes nothing of a method that exists', () => {
  const { resource } = synthesize((stack) => new AwsIdentityLogin(stack, 'login', props));
  expect(Object.keys(resource).sort()).toEqual(['vault_jwt_auth_backend_role', 'vault_policy']);
});

it('has the engine check a role that is known only at the apply: without one, each of the account could log in', () => {
  const roleArn = Token.asString(ref('var.role'));
  const found = synthesize((stack) => new AwsIdentityLogin(stack, 'login', { ...props, roleArn }));
  expect(only(found, 'vault_jwt_auth_backend_role')).toMatchObject({
    bound_subject: '${var.role}',
    lifecycle: {
      precondition: [
        {
          condition: expect.stringMatching(
            /^\$\{can\(regex\("\^arn:aws.*:role.*", var\.role\)\)\}$/,
          ) as string,
          error_message: 'roleArn: expected the ARN of one IAM role, without a wildcard',
        },
      ],
    },
  });
});

it('is granted exact paths as any login is', () => {
  const synthesized = synthesize((stack) => {
    const login = new AwsIdentityLogin(stack, 'login', props);
    new KvMount(stack, 'secret').grantRead(login, 'orders/limits');
  });
  const { policy } = only(synthesized, 'vault_policy');
  expect((policy as string).match(/^path ".*"/gm)).toEqual([
    'path "auth/token/lookup-self"',
    'path "auth/token/renew-self"',
    'path "auth/token/revoke-self"',
    'path "secret/data/orders/limits"',
  ]);
});

it.each<[string, Partial<AwsIdentityLoginProps>, string]>([
  ['a name with a glob', { name: 'orders-*' }, 'name'],
  ['every role of an account', { roleArn: 'arn:aws:iam::333333333333:role/*' }, 'roleArn'],
  ['an account as a principal', { roleArn: 'arn:aws:iam::333333333333:root' }, 'roleArn'],
  ['anyone', { roleArn: '*' }, 'roleArn'],
  ['no audience', { audience: '' }, 'audience'],
  ['a period of more than an hour', { tokenPeriodSeconds: 3_601 }, 'tokenPeriodSeconds'],
  ['a period of nothing', { tokenPeriodSeconds: 0 }, 'tokenPeriodSeconds'],
  ['the policy that every token has', { name: 'default' }, 'name'],
  ['an empty list of ranges', { tokenBoundCidrs: [] }, 'tokenBoundCidrs'],
  ['an address without a range', { tokenBoundCidrs: ['10.0.0.1'] }, 'tokenBoundCidrs[0]'],
])('refuses %s, saying where', (_what, rest, path) => {
  const make = () => new AwsIdentityLogin(stackIn(), 'login', { ...props, ...rest });
  expect(make).toThrow(refusedProps(path));
  expect(make).toThrow(/^test\/login: .*; expected /s);
});

it.each(['http://issuer.example.com', 'issuer', ''])('refuses %j for an issuer', (issuer) => {
  expect(() => new AwsIdentityMethod(stackIn(), 'aws', { issuer })).toThrow(refusedProps('issuer'));
});
