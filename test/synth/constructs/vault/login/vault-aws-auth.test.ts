import { KvMount, VaultAwsAuth, type VaultAwsAuthProps } from '@portcullis/constructs';
import { awsLogin } from '@portcullis/runtime';
import { only, refusedProps, stackIn, synthesize } from '../../../../support/synth/synthesize';

const props: VaultAwsAuthProps = {
  name: 'orders',
  boundRoleArn: 'arn:aws:iam::333333333333:role/orders-task',
  serverId: 'vault.example.com',
  region: 'eu-central-1',
};
const synthesizeAuth = (rest: Partial<VaultAwsAuthProps> = {}) =>
  synthesize((stack) => new VaultAwsAuth(stack, 'login', { ...props, ...rest }));

it('lets one IAM role in, with tokens that renew for ever and hold one policy', () => {
  const synthesized = synthesizeAuth({ tokenBoundCidrs: ['10.0.0.0/16'] });
  expect(only(synthesized, 'vault_auth_backend')).toEqual({ type: 'aws', path: 'aws' });
  expect(only(synthesized, 'vault_aws_auth_backend_role')).toEqual({
    backend: expect.stringMatching(/^\$\{vault_auth_backend\.\w+\.path\}$/) as string,
    role: 'orders',
    auth_type: 'iam',
    bound_iam_principal_arns: ['arn:aws:iam::333333333333:role/orders-task'],
    resolve_aws_unique_ids: false,
    token_bound_cidrs: ['10.0.0.0/16'],
    token_no_default_policy: true,
    token_period: 3_600,
    token_policies: ['${vault_policy.orders.name}'],
  });
});

it('gives Vault no access to the account', () => {
  expect(synthesizeAuth().text).not.toMatch(/access_key|secret_key|role_arn|sts_role/);
});

it('asks the STS and the server ID that awsLogin() signs for', async () => {
  const client = only(synthesizeAuth(), 'vault_aws_auth_backend_client');
  const { serverId, region } = props;
  const sent: Record<string, string>[] = [];
  const login = awsLogin({
    role: props.name,
    serverId,
    region,
    credentials: () => Promise.resolve({ accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'example' }),
  });
  const vault = {
    send: ({ body }: { body: Record<string, string> }) => {
      sent.push(body);
      return Promise.reject(new Error('sent'));
    },
  };
  await expect(login.login(vault as never, new AbortController().signal)).rejects.toThrow('sent');
  const decoded = (field: string): string => Buffer.from(sent[0]?.[field] ?? '', 'base64').toString();
  expect(decoded('iam_request_url')).toBe(`${String(client.sts_endpoint)}/`);
  const headers = JSON.parse(decoded('iam_request_headers')) as Record<string, string>;
  expect(headers['x-vault-aws-iam-server-id']).toBe(client.iam_server_id_header_value);
  expect(headers.authorization).toContain(`/${String(client.sts_region)}/sts/`);
});

it('is granted exact paths as any login is', () => {
  const synthesized = synthesize((stack) => {
    const login = new VaultAwsAuth(stack, 'login', props);
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

it.each<[string, Partial<VaultAwsAuthProps>, string]>([
  ['a name with a glob', { name: 'orders-*' }, 'name'],
  ['every role of an account', { boundRoleArn: 'arn:aws:iam::333333333333:role/*' }, 'boundRoleArn'],
  ['an account as a principal', { boundRoleArn: 'arn:aws:iam::333333333333:root' }, 'boundRoleArn'],
  ['anyone', { boundRoleArn: '*' }, 'boundRoleArn'],
  ['a URL for a server ID', { serverId: 'https://vault.example.com' }, 'serverId'],
  ['a period of more than an hour', { tokenPeriodSeconds: 3_601 }, 'tokenPeriodSeconds'],
  ['a period of nothing', { tokenPeriodSeconds: 0 }, 'tokenPeriodSeconds'],
  ['what is no region', { region: 'eu-central-1.evil.example/' }, 'region'],
  ['the policy that every token has', { name: 'default' }, 'name'],
  ['an empty list of ranges', { tokenBoundCidrs: [] }, 'tokenBoundCidrs'],
  ['an address without a range', { tokenBoundCidrs: ['10.0.0.1'] }, 'tokenBoundCidrs[0]'],
])('refuses %s, saying where', (_what, rest, path) => {
  const make = () => new VaultAwsAuth(stackIn(), 'login', { ...props, ...rest });
  expect(make).toThrow(refusedProps(path));
  expect(make).toThrow(/^test\/login: .*; expected /s);
});
