import { loadEnvironments } from '../../../stacks/environments';
import { parseAddress } from '../../../stacks/environments/address';
import {
  EnvironmentError,
  defineEnvironment,
  type EnvironmentInput,
} from '../../../stacks/environments/define-environment';
import { dev } from '../../../stacks/environments/dev';
import { local } from '../../../stacks/environments/local';
import { prod } from '../../../stacks/environments/prod';
import { staging } from '../../../stacks/environments/staging';

const valid = (): EnvironmentInput => ({
  name: 'dev',
  vault: { audit: 'server' },
  serviceCidrs: ['10.0.0.0/16'],
  postgres: { host: 'postgres.example.com', database: 'fintech' },
  redis: { host: 'redis.example.com' },
  backend: { kind: 's3', bucket: 'states', region: 'eu-central-1' },
  encryption: { keyProvider: 'aws_kms', keyId: 'alias/state', region: 'eu-central-1' },
  secretVersions: { apiConfig: 1, postgresAdminPassword: 1, redisBootstrapPassword: 1 },
});

const problemsOf = (make: () => unknown): string[] => {
  try {
    make();
  } catch (error) {
    if (error instanceof EnvironmentError) return error.problems.map(({ path }) => path);
    throw error;
  }
  return [];
};

it('fills in the usual ports and asks for TLS', () => {
  expect(defineEnvironment(valid())).toMatchObject({
    postgres: { port: 5_432, sslMode: 'verify-full' },
    redis: { port: 6_379, tls: true },
  });
});

it.each<[string, (input: EnvironmentInput) => unknown, string]>([
  ['a name that no stack can have', (input) => Object.assign(input, { name: 'Q A' }), 'Q A.name'],
  ['an unknown key', (input) => Object.assign(input, { vaultToken: 's.1' }), 'dev'],
  [
    'a host that carries a user',
    (input) => Object.assign(input.postgres, { host: 'u:p@db' }),
    'dev.postgres.host',
  ],
  ['a port out of range', (input) => Object.assign(input.redis ?? {}, { port: 70_000 }), 'dev.redis.port'],
  ['no address range', (input) => Object.assign(input, { serviceCidrs: [] }), 'dev.serviceCidrs'],
  [
    'a wrong address range',
    (input) => Object.assign(input, { serviceCidrs: ['10.0.0.0/99'] }),
    'dev.serviceCidrs.0',
  ],
  [
    'a region that is none',
    (input) => Object.assign(input.backend, { region: 'Frankfurt' }),
    'dev.backend.region',
  ],
  [
    'cleartext to PostgreSQL',
    (input) => Object.assign(input.postgres, { sslMode: 'disable' }),
    'dev.postgres.sslMode',
  ],
  ['cleartext to Redis', (input) => Object.assign(input.redis ?? {}, { tls: false }), 'dev.redis.tls'],
  [
    'a version of zero',
    (input) => Object.assign(input.secretVersions, { apiConfig: 0 }),
    'dev.secretVersions.apiConfig',
  ],
  ['neither a Redis nor AWS', (input) => Object.assign(input, { redis: undefined }), 'dev.redis'],
  [
    'AWS without a way into the self-run Redis',
    (input) => Object.assign(input, { aws: { ...dev().aws, store: undefined }, login: dev().login }),
    'dev.aws.redisClientsSecurityGroupId',
  ],
  [
    'a Redis beside that of AWS',
    (input) => Object.assign(input, { aws: dev().aws, login: dev().login }),
    'dev.redis',
  ],
  [
    'a single audit device',
    (input) => Object.assign(input.vault, { audit: [{ name: 'a', filePath: '/a' }] }),
    'dev.vault.audit',
  ],
])('refuses %s, saying where', (_what, spoil, path) => {
  const input = valid();
  spoil(input);
  expect(problemsOf(() => defineEnvironment(input))).toEqual([path]);
});

it('tells every problem of every environment at once', () => {
  const spoiled = (): never =>
    defineEnvironment({ ...valid(), serviceCidrs: [], redis: { host: '' } }) as never;
  const badUrl = () => local({ PORTCULLIS_DATABASE_URL: 'mysql://x', PORTCULLIS_REDIS_URL: 'not a url' });
  expect(problemsOf(() => loadEnvironments([spoiled, badUrl, staging]))).toEqual([
    'dev.serviceCidrs',
    'dev.redis.host',
    'local: PORTCULLIS_DATABASE_URL',
    'local: PORTCULLIS_REDIS_URL',
  ]);
});

it('takes the local addresses from the process, without user, password or parameters', () => {
  const environment = local({
    PORTCULLIS_DATABASE_URL: 'postgres://alice:hunter2@127.0.0.1:6543/shop?sslmode=disable',
    PORTCULLIS_REDIS_URL: 'redis://:hunter2@localhost:7000',
    PORTCULLIS_STATE_DIR: '/states',
  });
  expect(environment).toMatchObject({
    postgres: { host: '127.0.0.1', port: 6_543, database: 'shop', sslMode: 'disable' },
    redis: { host: 'localhost', port: 7_000, tls: false },
    backend: { kind: 'local', directory: '/states' },
  });
  expect(JSON.stringify(environment)).not.toMatch(/hunter2|alice/);
});

it('takes the name of Vault’s own user from the process, if it is one', () => {
  expect(local({ PORTCULLIS_VAULT_USER: 'vault_admin_1f' })).toMatchObject({ vaultUser: 'vault_admin_1f' });
  expect(local({})).not.toHaveProperty('vaultUser');
  expect(problemsOf(() => local({ PORTCULLIS_VAULT_USER: 'x"; drop role' }))).toEqual(['local.vaultUser']);
});

it('looks on loopback when the process names nothing', () => {
  expect(local({})).toMatchObject({
    postgres: { host: '127.0.0.1', port: 5_432, database: 'fintech' },
    redis: { host: '127.0.0.1', port: 6_379 },
  });
});

it('does not repeat a wrong URL in its message: it may hold a password', () => {
  expect(() => local({ PORTCULLIS_DATABASE_URL: 'mysql://u:hunter2@db' })).not.toThrow(/hunter2/);
});

it('refuses cleartext to a Redis that PORTCULLIS_REDIS_URL names elsewhere', () => {
  expect(problemsOf(() => local({ PORTCULLIS_REDIS_URL: 'redis://redis.example.com' }))).toEqual([
    'local.redis.tls',
  ]);
});

it.each(['redis://h', 'rediss://h'])('takes %s for a Redis', (text) => {
  expect(parseAddress(text, new URL('redis://127.0.0.1:6379'))).toMatchObject({ host: 'h', port: 6_379 });
});

it('keeps the state of shared environments apart', () => {
  expect(dev().backend).not.toEqual(staging().backend);
});

describe('an environment on AWS', () => {
  const onAws = (aws: object): string[] =>
    problemsOf(() =>
      defineEnvironment({ ...valid(), redis: undefined, login: dev().login, aws: { ...dev().aws, ...aws } }),
    );

  it.each<[string, object]>([
    ['region', { region: 'Frankfurt' }],
    ['account', { account: '1234' }],
    ['vpcId', { vpcId: 'default' }],
    ['privateSubnetIds', { privateSubnetIds: ['subnet-0a1b2c3d', 'subnet-0a1b2c3d'] }],
    ['privateSubnetIds.1', { privateSubnetIds: ['subnet-0a1b2c3d', '10.0.0.0/24'] }],
    ['databaseSecurityGroupId', { databaseSecurityGroupId: 'postgres' }],
    ['domain', { domain: 'https://api.example.com' }],
    ['certificateArn', { certificateArn: 'arn:aws:iam::111111111111:server-certificate/x' }],
    ['gateway', { gateway: 'none' }],
    ['image.repository', { image: { ...dev().aws.image, repository: 'fintech-api:latest' } }],
    ['image', { image: { ...dev().aws.image, digest: `sha256:${'1'.repeat(64)}` } }],
    ['tasks.min', { tasks: { ...dev().aws.tasks, min: 0 } }],
    ['store.nodeType', { store: { nodeType: 'm7g.large' } }],
    ['vaultAddress', { vaultAddress: 'http://vault.example.com' }],
  ])('says where it is wrong: %s', (path, aws) => {
    expect(onAws(aws)).toEqual([`dev.aws.${path}`]);
  });

  it('is not one without a way for people to log in, on the host that they call', () => {
    const withLogin = (login: EnvironmentInput['login']): string[] =>
      problemsOf(() => defineEnvironment({ ...valid(), redis: undefined, aws: dev().aws, login }));
    const { login } = dev();
    expect(withLogin(login)).toEqual([]);
    expect(withLogin(undefined)).toEqual(['dev.login']);
    const badUris = [
      'https://api.other.example.com/auth/callback',
      'http://dev.api.fintech.example.com/auth/callback',
      'https://dev.api.fintech.example.com/callback',
    ];
    for (const redirectUri of badUris) {
      expect(withLogin({ ...login, redirectUri })).toEqual(['dev.login.redirectUri']);
    }
  });

  it('differs from others in values alone', () => {
    const shape = ({ aws }: { aws: object }) => Object.keys(aws).sort();
    expect(shape(staging())).toEqual(shape(dev()));
    expect(shape(prod())).toEqual(shape(dev()));
    expect(local({}).aws).toBeUndefined();
  });
});
